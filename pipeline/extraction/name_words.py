"""The words of a language that tell names from other words, folded, as the readers of names look them up."""

from __future__ import annotations

import re

from pipeline.extraction.context import Context
from pipeline.extraction.lexicon import CompiledLexicon, fold
from pipeline.extraction.vocabulary import vocabulary


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def _legal_pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    body = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?:,?\s+(?:{body})\.?(?!\w))+", re.IGNORECASE)


class NameWords:
    """Sets of folded words of one lexicon, each by what it says about a name; never changed after it is made."""

    def __init__(self, lexicon: CompiledLexicon) -> None:
        names, cases = lexicon.data.names, lexicon.data.cases
        self.vocabulary = vocabulary(lexicon.data.language)
        self.legal = _legal_pattern(names.legal_forms)
        self.legal_words = frozenset(fold(word.strip(".,")) for form in names.legal_forms for word in form.split())
        self.nouns = _folded(names.organisation_nouns)
        self.openings = tuple(sorted((fold(word) for word in names.organisation_openings), key=len, reverse=True))
        self.opening_words = frozenset(
            self.openings if names.compounds else (opening.split()[0] for opening in self.openings)
        )
        self.connectors = frozenset(names.connectors)
        self.bonds = frozenset(names.bonds)
        self.joiners = frozenset(cases.coordinators)
        self.descriptors = frozenset(names.descriptors)
        self.locatives = frozenset(cases.before.get("in", ())) | {"at", "near"}
        self.titles = _folded(names.person_titles)
        self.addresses = frozenset(names.forms_of_address)
        self.things = frozenset(names.things)
        self.documents = frozenset(fold(word) for word in names.documents)
        self.owners = frozenset(names.possessors)
        self.speech = frozenset(names.speech)
        self.not_names = _folded(names.not_names) | self.vocabulary.not_names
        self.outlets = _folded(names.outlets) | self.vocabulary.outlets
        self.compounded = bool(names.compounds)
        self.trades = _folded(names.compounds)  # "công nghệ" in "Tập đoàn Công nghệ X"
        self.generic = self.trades | self.descriptors | self.titles

    def closed(self, context: Context, words: list[int]) -> bool:
        """Whether a name ends like an organisation's: with a legal form, or a word such as "Partners"."""
        last = context.tokens[words[-1]]
        return last.folded in self.legal_words or self.legal.match(context.text, last.end) is not None

    def describes(self, folded: str) -> bool:
        """Whether a word says what an organisation is: "startup", "Telcos"."""
        return folded in self.descriptors or (folded.endswith("s") and folded[:-1] in self.descriptors)
