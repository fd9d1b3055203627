"""What the pages' presenters say, as JSON can say it. No word and no state is made here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from consent.ruling import Ruling
from portal.access.consents.rows import Row
from portal.access.notices import NoticeView, present_notices
from portal.access.panel import AccessPanel
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Reading
from portal.api.words import NOTHING, RECORDS, answer_of, existence_of
from portal.overview.board import Board
from portal.overview.presenters.banner import Fact, present_banner
from portal.overview.presenters.safety import Safety
from portal.overview.presenters.sources import SourceLine, present_sources
from portal.overview.presenters.tiles import Tile

Json = dict[str, Any]
# The panel's finished sentences, in its order.
SENTENCES = (
    *("dead_end", "relation", "consent", "ahead", "reconfirm", "refusal", "inability", "temporary"),
    *("emergency", "other_units", "sip", "language"),
)


def moment(at: datetime) -> str:
    return at.isoformat()


def person_json(ruling: Ruling) -> Json:
    banner = present_banner(ruling)
    return {
        "number": banner.number,
        "name": banner.name,
        "facts": [fact_json(fact) for fact in (*banner.facts, *banner.more)],
        "is_deceased": banner.is_deceased,
        "deceased": banner.deceased,
        "is_protected": banner.is_protected,
    }


def fact_json(fact: Fact) -> Json:
    return {"key": fact.key, "label": fact.label, "value": fact.value}


def notices_json(ruling: Ruling) -> list[Json]:
    return [notice_json(view) for view in present_notices(ruling)]


def notice_json(view: NoticeView) -> Json:
    return {"key": view.key, "text": view.text}


def button_json(reading: Reading, tile: Tile) -> Json:
    """``count`` is a number only where it is an answer."""
    answer = answer_of(reading.state)
    return {
        "kind": reading.button.kind.value,
        "group": reading.button.group.value,
        "label": tile.label,
        "state": tile.state,
        "answer": answer,
        "is_lit": tile.is_lit,
        "word": tile.word,
        "headline": tile.headline,
        "when": tile.when,
        "count": tile.count if answer in (RECORDS, NOTHING) else None,
        "flags": [{"key": flag.key, "text": flag.text} for flag in tile.flags],
    }


def safety_json(safety: Safety) -> Json:
    limits = []
    for limit in safety.limits:
        said = asdict(limit)
        del said["day"], said["brief"]
        limits.append(said)
    return {
        "state": safety.state,
        "title": safety.title,
        "limits": limits,
        "differs": safety.differs,
        "lines": list(safety.lines),
        "warnings": safety.caution_rest,
    }


def sources_json(outcomes: Iterable[Outcome], at: datetime) -> list[Json]:
    return [source_json(line) for line in present_sources(outcomes, at)]


def source_json(line: SourceLine) -> Json:
    names = ("slug", "label", "state", "text", "time", "phone", "planned", "error_id", "buttons")
    said: Json = {name: getattr(line, name) for name in names}
    said["parts"] = [
        {"label": part.label, "state": part.state, "text": part.text, "kinds": part.buttons}
        for part in line.parts
    ]
    return said


def overview_json(board: Board, outcomes: Sequence[Outcome]) -> Json:
    ruling = board.visit.ruling
    readings = board.readings()
    summary = board.summary(readings)
    return {
        "at": moment(ruling.at),
        "patient": person_json(ruling),
        "notices": notices_json(ruling),
        "existence": existence_of(ruling),
        "is_complete": not summary.missing,
        "missing": summary.missing,
        "safety": safety_json(board.safety()),
        "buttons": [button_json(reading, board.tile(reading, 0)) for reading in readings],
        "sources": sources_json(outcomes, ruling.at),
    }


def lamp_button_json(reading: Reading) -> Json:
    """The state and what did not come; no word of what did."""
    return {
        "kind": reading.button.kind.value,
        "state": reading.state.value,
        "answer": answer_of(reading.state),
        "flags": sorted(flag.value for flag in reading.flags),
    }


def access_json(ruling: Ruling, panel: AccessPanel, names: Mapping[str, Any]) -> Json:
    has_relation = ruling.standing.has_relation
    said = [(name, getattr(panel, name)) for name in SENTENCES]
    said += [(name, line) for name in ("child", "notes") for line in getattr(panel, name)]
    return {
        "at": moment(ruling.at),
        "patient": person_json(ruling),
        "notices": notices_json(ruling),
        "existence": existence_of(ruling),
        "is_anything_open": ruling.permit is not None,
        "relation": {True: "present", False: "missing", None: "unknown"}[has_relation],
        "offered": sorted(panel.may),
        "allowed": sorted(act.value for act in ruling.acts),
        "sentences": [{"key": name, "text": text} for name, text in said if text],
        **names,
    }


def consent_json(row: Row) -> Json:
    return {
        "id": row.id,
        "sort": row.sort,
        "state": row.state,
        "word": row.word,
        "whom": row.whom,
        "when": row.when,
        "facts": list(row.facts),
        "stopped": row.stopped,
        "ways": list(row.ways),
    }


def day(value: date) -> str:
    return value.isoformat()
