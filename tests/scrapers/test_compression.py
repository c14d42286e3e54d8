"""Unpacking never gives more than the cap."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.compression import BrokenPacking, CapPassed, Inflater, Packing, gunzip, is_gzip


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=3000), st.integers(1, 50), st.sampled_from(["gzip", "zlib", "raw"]))
def test_pieces_of_any_size_give_the_whole(data: bytes, size: int, kind: str) -> None:
    packed = gzip.compress(data) if kind == "gzip" else zlib.compress(data) if kind == "zlib" else raw_deflate(data)
    packing: Packing = "gzip" if kind == "gzip" else "deflate"
    inflater = Inflater(packing, len(data))
    out = b"".join(piece for at in range(0, len(packed), size) for piece in inflater.feed(packed[at : at + size]))
    inflater.finish()
    assert out == data


def test_a_bomb_stops_at_the_cap() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(CapPassed):
        gunzip(bomb, max_bytes=1_000_000)


def test_members_one_after_the_other_count_together() -> None:
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    assert is_gzip(two)
    assert gunzip(two, max_bytes=7) == b"one two"
    with pytest.raises(CapPassed):
        gunzip(two, max_bytes=6)


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.integers(1, 70))
def test_members_are_found_wherever_the_pieces_are_cut(parts: list[bytes], size: int) -> None:
    packed = b"".join(map(gzip.compress, parts)) + b"\0" * 9
    inflater = Inflater("gzip", 1000)
    out = b"".join(piece for at in range(0, len(packed), size) for piece in inflater.feed(packed[at : at + size]))
    inflater.finish()
    assert out == b"".join(parts)


def test_a_flood_of_members_is_refused() -> None:
    with pytest.raises(BrokenPacking, match="more than 10,000 gzip files in one"):
        gunzip(gzip.compress(b"") * 500_000, max_bytes=1000)


def test_padding_behind_the_end_is_no_fault() -> None:
    assert gunzip(gzip.compress(b"text") + b"\0" * 20, max_bytes=100) == b"text"


@pytest.mark.parametrize("data", [gzip.compress(b"text" * 99)[:-9], b"\x1f\x8bnonsense", b"\x1f"])
def test_broken_data_is_said_to_be_broken(data: bytes) -> None:
    with pytest.raises(BrokenPacking):
        gunzip(data, max_bytes=1000)
