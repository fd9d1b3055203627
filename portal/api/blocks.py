"""What the pages say of blocks, as JSON can say it. No sentence is made here."""

from collections.abc import Iterable, Mapping
from typing import Any

from consent.acts import Act
from consent.ruling import Notice, Ruling
from consent.vocabulary import BlockKind
from portal.access.lifting_presenters import (
    Blocker,
    RequestLine,
    present_blocks,
    present_lifts,
    present_lines,
)
from portal.access.oncall import OnCall
from portal.api.act_shapes import ACTS_ON_BLOCKS

Json = dict[str, Any]


def blocks_json(
    ruling: Ruling, names: tuple[Mapping[str, str], Mapping[str, str]], waiting: Iterable[RequestLine]
) -> Json:
    """``names``: of units and of staff, by HSA-id. What an officer alone sees is empty for everybody else."""
    units, staff = names
    lines, own, provider = present_lines(ruling), ruling.standing.own_blocks, ruling.actor.provider
    may_lift = Act.LIFT_BLOCK in ruling.acts
    inner = present_blocks(own, BlockKind.INNER, units, provider) if may_lift else ()
    outer = present_blocks(own, BlockKind.OUTER, units, provider) if may_lift else ()
    said = [(name, getattr(lines, name)) for name in ("inside", "lifted", "waiting")]
    return {
        "is_noticed": Notice.BLOCKED in ruling.notices,
        "is_unknown": Notice.BLOCKS_UNKNOWN in ruling.notices,
        "sentences": [{"key": name, "text": text} for name, text in said if text],
        "phone": phone_of(lines.on_call),
        "blockers": [blocker_json(blocker) for blocker in lines.blockers],
        "units": [
            {"hsa_id": hsa_id, "name": name}
            for hsa_id, name in dict.fromkeys((line.unit_id, line.unit) for line in inner)
        ],
        "has_outer": bool(outer),
        "lifts": [{"id": lift.id, "sentence": lift.sentence} for lift in present_lifts(ruling, units, staff)],
        "requests": [request_json(line) for line in waiting],
        "allowed": sorted(act.value for act in ACTS_ON_BLOCKS if act in ruling.acts),
    }


def blocker_json(blocker: Blocker) -> Json:
    return {
        "provider": blocker.provider_id,
        "sentence": blocker.sentence,
        "phone": phone_of(blocker.on_call),
        "state": blocker.state,
        "may_ask": blocker.may_ask,
    }


def request_json(line: RequestLine) -> Json:
    return {
        "id": line.id,
        "who": line.who,
        "where": line.where,
        "phone": phone_of(line.on_call),
        "when": line.when,
    }


def phone_of(on_call: OnCall | None) -> str:
    return on_call.shown if on_call else ""
