"""The schema of a lexicon file: what may stand in it, checked when it is loaded."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from storage.vocabulary import DealType, FocusArea, Role


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shape(StrEnum):
    """How a trigger takes its arguments."""

    VERB = "verb"  # who does it stands before, to whom after
    NOUN = "noun"  # "the acquisition of A by B"
    PASSIVE = "passive"  # the trigger is a passive form of itself: "sold by"
    LAST = "last"  # after all its arguments, each with a particle: "AがBを買収"
    FINAL = "final"  # a verb form after its object, whoever does it before both: "hat A B übernommen"


class Slot(StrEnum):
    """Where an argument stands relative to its trigger."""

    SUBJECT = "subject"
    OBJECT = "object"
    BY = "by"
    FROM = "from"
    TO = "to"
    WITH = "with"
    OF = "of"
    IN = "in"
    FOR = "for"
    POSS = "poss"
    BETWEEN = "between"
    COMPOUND = "compound"  # "the Afterpay deal"


class Frame(_Strict):
    """A family of triggers that say the same, and which slot plays which role."""

    name: str
    type: DealType
    shape: Shape = Shape.VERB
    weight: float = Field(default=1.0, gt=0, le=2)
    triggers: tuple[str, ...] = Field(min_length=1)
    roles: dict[Slot, Role]
    passive: str = ""  # a pattern that the trigger's own form must match to be read as passive; empty = never
    retype: bool = False  # the thing acquired (patents, a stake) decides the type
    status: Literal["", "rumored", "announced", "completed", "terminated"] = ""


class Cases(_Strict):
    """Words that mark what a name does in its sentence."""

    #: "with" + name; under "none" words of which a marker is only a part: "thiết bị"
    before: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    after: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # name + "'s"
    coordinators: tuple[str, ...] = (",", "&")
    pairing: tuple[str, ...] = ()  # coordinators that mean "with" after a subject: A与B签署
    passive_before: str = ""  # what stands right before a passive verb: "was", "được"
    relative: str = ""  # opens a relative clause: "which", "whose"
    auxiliary: str = ""  # the finite verb of a bracket whose other half stands last: "hat", "will"
    verb_second: bool = False  # a subject may stand between the verb and its object: "Damit übernimmt A die Firma B"
    #: markers that count only right before a name, a descriptor or a determiner: not the "de" of "software de pagos X"
    bare: tuple[str, ...] = ()
    determiners: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()  # a mark after the first name of a headline that makes it the subject: "A、Bを買収"
    attributive: str = ""  # what follows a trigger that describes the name after it: "買収した A"
    between: str = ""  # what may stand between a name and its particle: "社", "など", "の3社"
    subordinate: tuple[str, ...] = ()  # opens a clause of its own: "that", "dass"
    possessives: tuple[str, ...] = ()  # with a noun between a marker and a name: "with its partner A"
    apposing: tuple[str, ...] = ()  # after a name and a comma, opens what it is: "A, its tracking unit"
    owner: str = ""  # between what is bought and the name of its owner: the handset unit "of" A
    owns: str = ""  # between the name of an owner and what is bought: "Bの半導体事業"
    agent_between: str = ""  # passive marker + agent + verb: 被A收购, được A mua lại


class Tense(_Strict):
    """Patterns for the words up to and including a trigger that say whether it has happened; tried in this order."""

    to_come: str = ""  # "will acquire"
    done: str = ""  # "has acquired"


class Names(_Strict):
    """How organisations, people and places are named in running text."""

    organisation_nouns: tuple[str, ...] = ()  # "Technologies", "Group": the last word of a name
    organisation_openings: tuple[str, ...] = ()  # "University", "Tập đoàn": the first word of a name
    legal_forms: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()  # lower-case words inside names: "of", "de"
    compounds: tuple[str, ...] = ()  # words written in several syllables, read as one: "công nghệ"
    bonds: tuple[str, ...] = ()  # join ordinary words to a name: Torres del Pacífico
    descriptors: tuple[str, ...] = ()  # "startup", "maker": a name next to it is an organisation
    person_titles: tuple[str, ...] = ()  # "CEO", "Mr": a name next to it is a person
    forms_of_address: tuple[str, ...] = ()  # "ông"; where given, one word after another title is the company: "CEO FPT"
    speech: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()  # capitalised words that name no organisation
    pronouns: tuple[str, ...] = ()  # "it", "the company": one organisation named before
    definite: tuple[str, ...] = ()  # before a descriptor it means one named before: "the" chipmaker
    plural_pronouns: tuple[str, ...] = ()  # "both companies": all named before
    counterparts: tuple[str, ...] = ()  # after a trigger, the other party: "cho đối tác"
    outlets: tuple[str, ...] = ()
    # for scripts without capitals:
    boundaries: tuple[str, ...] = ()  # words that are never part of a name
    places: tuple[str, ...] = ()
    surnames: tuple[str, ...] = ()
    possessors: tuple[str, ...] = ()  # "its": what follows belongs to somebody, a product rather than a party
    documents: tuple[str, ...] = ()  # capitalised last words of papers, laws and events: "Agreement", "Act", "Summit"
    things: tuple[str, ...] = ()  # last words of names that are things as well: 固态电池 is a battery
    made: tuple[str, ...] = ()  # after what a company makes, seldom after its name: "を手がけ", " 업체"
    called: tuple[str, ...] = ()  # in brackets after a name, before its short form: (以下简称"X")
    owned: tuple[str, ...] = ()  # between an owner and what it owns: "旗下的"
    daughters: tuple[str, ...] = ()  # after a known name they make another organisation: "Capital"
    honorifics: tuple[str, ...] = ()  # "氏", "さん": what stands before is a person
    nouns_capitalised: bool = False  # every noun has a capital, as in German
    heads: tuple[str, ...] = ()  # last parts of compounds that are read as the word itself: "hersteller", "chef"
    determiners: tuple[str, ...] = ()  # what stands before nouns but seldom before names; for nouns_capitalised
    list_words: tuple[
        str, ...
    ] = ()  # "und": after a name and such a word, a compound is rather a name too; for nouns_capitalised
    directions: tuple[str, ...] = ()  # last parts of names of places: Köln-West; for nouns_capitalised
    noun_endings: tuple[str, ...] = ()  # how inflected or abstract nouns end; for nouns_capitalised


class Money(_Strict):
    """How sums are written."""

    scales: dict[str, int] = Field(default_factory=dict)  # "billion": 9 (power of ten)
    currencies: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # "USD": ["dollars", "US dollars"]
    default_currency: str = ""
    percent: tuple[str, ...] = ("%", "％")
    after_only: tuple[str, ...] = ()  # of the words for currencies, those that never stand before a number
    ranges: tuple[str, ...] = ("-", "–", "—", "~", "～", "至", "到")  # between the ends of a range: "$3-4 million"
    decimal_comma: bool = False
    local: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # "HKD": words that say which money a bare 元 is
    cues: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # deal, not_deal, up_to, per_share ...
    numerals: dict[str, int] = Field(default_factory=dict)  # "zehn": 10


class Days(_Strict):
    """How the day of an announcement is told; the names of the days of the week come from CLDR."""

    today: tuple[str, ...] = ()
    yesterday: tuple[str, ...] = ()
    other: tuple[str, ...] = ()  # before the name of a day: it is one to come, or of something else: "next", "will"
    other_after: tuple[str, ...] = ()  # the same right after it: "mardi prochain"


class Lexicon(_Strict):
    """One language."""

    language: str = Field(pattern=r"^[a-z]{2}$")
    name: str
    script: Literal["latin", "han", "kana", "hangul"] = "latin"
    verb_last: bool = False
    cases: Cases
    frames: tuple[Frame, ...] = Field(min_length=1)
    objects: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # asset, stake, unit, company
    modality: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    no_deal: tuple[str, ...] = ()
    tense: Tense = Tense()
    names: Names
    money: Money
    days: Days = Days()
    focus: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    furniture: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()  # where the news of a form begins: "Item 1.01"

    @field_validator("focus")
    @classmethod
    def _known_areas(cls, focus: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        unknown = set(focus) - {area.value for area in FocusArea}
        if unknown:
            raise ValueError(f"unknown focus area {sorted(unknown)}; known are {[area.value for area in FocusArea]}")
        return focus
