"""A word of running text with its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str
    folded: str
    capital: bool
    possessive: bool
    tail: bool  # a lower-case part after a hyphen: "Shenzhen-based"
