"""What is bought decides the type: a company, its patents or a unit, or a stake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.frames import Argument, FrameInstance
from pipeline.extraction.grammar import Grammar
from pipeline.extraction.lexicon import CueKind, Hit
from pipeline.extraction.lexicon.schema import Shape, Slot
from storage.vocabulary import DealType, Role

#: Characters after (or, for a passive, before) the trigger in which the thing bought is named.
_WINDOW = 85


def retype(frame: FrameInstance, hits: Sequence[Hit], folded: str, grammar: Grammar) -> FrameInstance:
    """``frame`` with its type set by the thing bought; unchanged where nothing says so."""
    spec = frame.hit.cue.frame
    if spec is None or not spec.retype:
        return frame
    spans = [(a.mention.start, a.mention.outer_end) for a in frame.arguments if a.mention is not None]
    things = [
        hit
        for hit in hits
        if hit.cue.kind == CueKind.OBJECT and not any(start <= hit.start < end for start, end in spans)
    ]
    after = [hit for hit in things if frame.hit.end <= hit.start <= frame.hit.end + _WINDOW]
    if frame.passive:
        before = [
            hit
            for hit in things
            if frame.hit.start - _WINDOW * 2 <= hit.start < frame.hit.start and hit.start >= frame.sentence.start
        ]
        if any(hit.cue.name == "asset" for hit in before) and not any(
            hit.cue.name in ("stake", "whole") for hit in before
        ):
            asset = next(hit for hit in before if hit.cue.name == "asset")
            owner = [a for a in frame.arguments if a.role is Role.TARGET and a.mention is not None]
            if not owner or any(
                a.mention is not None and (a.mention.possessive or a.mention.start > asset.start) for a in owner
            ):
                return _as(frame, DealType.ASSET_PURCHASE, {Role.TARGET: Role.SELLER})
        after = after[:0]
    elif spec.shape is Shape.FINAL:
        doer = spec.roles.get(Slot.SUBJECT)
        doers = [a.mention.outer_end for a in frame.arguments if a.role is doer and a.mention is not None]
        begin = max(
            [frame.sentence.start, frame.hit.start - _WINDOW * 2, *(end for end in doers if end < frame.hit.start)]
        )
        after = [hit for hit in things if begin <= hit.start < frame.hit.start]
    elif spec.shape is Shape.LAST:
        return _retype_last(frame, things, folded, grammar)
    elif grammar.data.verb_last and not after:
        after = _before_verb(frame, things, folded, grammar)
    targets = [
        argument for argument in frame.arguments if argument.role is Role.TARGET and argument.mention is not None
    ]
    first_target = min((argument.mention.start for argument in targets if argument.mention), default=None)
    kinds = {hit.cue.name for hit in after}
    if "stake" in kinds and "whole" not in kinds:
        stake = next(hit for hit in after if hit.cue.name == "stake")
        if first_target is None or stake.start < first_target + 60:
            return _as(frame, DealType.INVESTMENT, {Role.ACQUIRER: Role.INVESTOR, Role.TARGET: Role.INVESTEE})
    for hit in after:
        if hit.cue.name in ("company", "whole"):
            break
        if hit.cue.name == "people" and (first_target is None or hit.start < first_target):
            return replace(frame, weight=frame.weight * 0.4)
        if hit.cue.name == "asset":
            if first_target is None or hit.start < first_target:
                has_seller = any(argument.role is Role.SELLER for argument in frame.arguments)
                owned = (
                    first_target is not None
                    and not has_seller
                    and grammar.owner.search(folded[hit.start : first_target])
                )
                return _as(frame, DealType.ASSET_PURCHASE, {Role.TARGET: Role.SELLER} if owned else {})
            if grammar.data.verb_last and first_target < frame.hit.start:
                between = folded[frame.hit.end : hit.start]
                if any(grammar.has_word(between, word) for word in grammar.data.names.pronouns):  # 买下后者的厂房
                    named = any(argument.role is Role.SELLER for argument in frame.arguments)
                    return _as(frame, DealType.ASSET_PURCHASE, {} if named else {Role.TARGET: Role.SELLER})
            target = next(
                argument for argument in targets if argument.mention and argument.mention.start == first_target
            )
            mention = target.mention
            if mention is None:
                break
            gap = folded[mention.outer_end : hit.start]
            if (
                len(gap) <= 45
                and not any(char in gap for char in ",;:.")
                and " for " not in gap
                and " from " not in gap
            ):
                named = any(argument.role is Role.SELLER for argument in frame.arguments)
                return _as(frame, DealType.ASSET_PURCHASE, {} if named else {Role.TARGET: Role.SELLER})
            if grammar.apposed.match(gap) and any(argument.role is Role.SELLER for argument in frame.arguments):
                return _as(frame, DealType.ASSET_PURCHASE, {})  # "sells Hexley Telematics, its tracking unit, to B"
            break
    sold = [argument for argument in frame.arguments if argument.role is Role.SELLER]
    possessed = any(argument.mention is not None and argument.mention.possessive for argument in sold)
    if sold and not targets and (possessed or any(hit.cue.name == "asset" for hit in after)):
        return _as(frame, DealType.ASSET_PURCHASE, {})  # what is bought is only something of the seller's
    return frame


def _before_verb(frame: FrameInstance, things: Sequence[Hit], folded: str, grammar: Grammar) -> list[Hit]:
    """The things between an object marker and the verb or noun: 将B的轴承业务出售给C, 完成对B芯片业务的收购."""
    start = max(frame.sentence.start, frame.hit.start - _WINDOW)
    clause = folded[start : frame.hit.start]
    cut = max((clause.rfind(mark) for mark in "。；:："), default=-1)
    at = max((clause.rfind(word, cut + 1) for word in grammar.data.cases.before.get("object", ())), default=-1)
    return [hit for hit in things if at >= 0 and start + at < hit.start < frame.hit.start]


def _as(frame: FrameInstance, deal_type: DealType, roles: dict[Role, Role]) -> FrameInstance:
    arguments = [
        Argument(item.entity, roles.get(item.role, item.role), item.weight, item.mention) for item in frame.arguments
    ]
    return replace(frame, type=deal_type, arguments=arguments)


#: Characters between the head of what is bought and the verb: "事業を10億円で買収".
_HEAD = 40
_OPENING_QUOTES = ("", "「", "『", "'", "‘", '"', "“")


def _retype_last(frame: FrameInstance, things: Sequence[Hit], folded: str, grammar: Grammar) -> FrameInstance:
    """The same where the verb stands last: what is bought stands right before it, after the name of its owner."""
    start = max(frame.sentence.start, frame.hit.start - _WINDOW)
    spec = frame.hit.cue.frame
    doer = spec.roles.get(Slot.SUBJECT) if spec is not None else None
    doers = [
        item.mention.outer_end
        for item in frame.arguments
        if item.role is doer and item.mention is not None and item.mention.outer_end <= frame.hit.start
    ]
    owners = [
        item.mention
        for item in frame.arguments
        if item.role is Role.TARGET and item.mention is not None and item.mention.outer_end <= frame.hit.start
    ]
    begin = max([start, *(end for end in doers if not owners or end > owners[-1].outer_end)])
    near = [hit for hit in things if begin <= hit.start < frame.hit.start]
    around = [hit for hit in things if start <= hit.start <= min(frame.sentence.end, frame.hit.end + 30)]
    names = {hit.cue.name for hit in around}
    if "stake" in names and "whole" not in names:
        return _as(frame, DealType.INVESTMENT, {Role.ACQUIRER: Role.INVESTOR, Role.TARGET: Role.INVESTEE})
    kinds = [hit for hit in near if hit.cue.name in ("asset", "company", "people", "whole")]
    if not kinds or "whole" in names:
        return frame
    last = kinds[-1]
    if frame.hit.start - last.end > _HEAD:
        return frame
    if last.cue.name == "people":
        return replace(frame, weight=frame.weight * 0.4)
    if last.cue.name != "asset":
        return frame
    if not owners:
        return _as(frame, DealType.ASSET_PURCHASE, {})
    owner = owners[-1]
    if last.end <= owner.start and folded[last.end : owner.start].strip() in _OPENING_QUOTES:
        return _as(frame, DealType.ASSET_PURCHASE, {})  # サービス「X」を譲り渡した
    if owner.outer_end <= last.start and grammar.owns.match(folded[owner.outer_end : last.start]):
        return _as(frame, DealType.ASSET_PURCHASE, {Role.TARGET: Role.SELLER})
    return frame
