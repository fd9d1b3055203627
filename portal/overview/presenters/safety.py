"""The strip above everything: care limitations word for word, and what is not known about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.base.kinds import CareLimitation, Measure
from portal.aggregation.buttons import care_limitation
from portal.aggregation.duplicates import told_by
from portal.aggregation.lamps import Judged, Lamp, day_of
from portal.aggregation.outcomes import Answered, Failed, Outcome
from portal.aggregation.states import EMPTY_STATES, Flag, Reading, State
from portal.aggregation.wording import full_when
from portal.overview.presenters.parts import got_words, lines_about
from portal.overview.presenters.words import FAULT_WORDS, MEASURE_WORDS, REASON_WORDS

# With any of these, somebody's limitations have not been read: what was read says nothing of the rest.
NOT_SEEN = frozenset({Flag.CHOOSE, Flag.CONSENT, Flag.BLOCKED, Flag.MORE})


@dataclass(frozen=True, slots=True)
class Limit:
    """One standpoint, once, however many sources tell of it. ``brief``: whose and until when, in short."""

    text: str
    chips: tuple[str, ...]
    is_valid: bool
    who: str
    validity: str
    sources: tuple[str, ...]
    got: str
    day: date | None
    brief: str = ""

    @property
    def source_line(self) -> str:
        return ", ".join(filter(None, (" + ".join(self.sources), self.got)))


@dataclass(frozen=True, slots=True)
class Safety:
    """``state``: limits, none, unknown, closed or waiting. ``lines``: what must be said beside them.
    ``answered``: who says that there are none. ``awaited``: who has said nothing yet, by name."""

    state: str
    title: str
    limits: tuple[Limit, ...] = ()
    differs: bool = False
    lines: tuple[str, ...] = ()
    offers_units_of: str = ""
    caution: str = ""
    caution_rest: str = ""
    answered: str = ""
    awaited: str = ""


def present_safety(
    limitations: Reading,
    warnings: Reading,
    outcomes: Mapping[str, Outcome],
    provider: str,
    awaited: Sequence[str] = (),
) -> Safety:
    """``provider``: the reader's own, whose other units she may open with one tap. ``awaited``: the names of
    those asked for limitations that have not answered."""
    limits = limits_shown(limitations, outcomes)
    offer = provider if offers_units(limitations) else ""
    lines = (*failed_lines(limitations, outcomes), *closed_lines(limitations))
    caution, rest = caution_of(warnings)
    state, title = state_of(limitations, limits)
    answered = answered_words(limitations, outcomes) if state == "none" else ""
    waits = awaited_words(awaited)
    return Safety(state, title, limits, differ(limits), lines, offer, caution, rest, answered, waits)


def offers_units(reading: Reading) -> bool:
    return reading.state is State.CHOOSE or Flag.CHOOSE in reading.flags


def state_of(reading: Reading, limits: tuple[Limit, ...]) -> tuple[str, str]:
    """One of five outcomes. Only a complete answer from everybody says that none are recorded."""
    if limits:
        return "limits", _("Vårdbegränsningar")
    if reading.state is State.WAITING or Flag.WAITING in reading.flags:
        return "waiting", _("Vårdbegränsningar: hämtar")
    if reading.state is State.UNKNOWN or Flag.PARTIAL in reading.flags:
        return "unknown", _("Vårdbegränsningar: okänt. Utgå inte från att de saknas.")
    if reading.state in EMPTY_STATES:
        count = ngettext("%(n)d av %(n)d källa svarade", "%(n)d av %(n)d källor svarade", reading.asked)
        title = _("Inga vårdbegränsningar registrerade · %(count)s")
        return "none", title % {"count": count % {"n": reading.asked}}
    if reading.judged and not reading.flags & NOT_SEEN:
        return "none", _("Ingen gällande vårdbegränsning · tidigare finns")
    if offers_units(reading):
        return "closed", _("Vårdbegränsningar: kan finnas på annan enhet")
    return "closed", _("Vårdbegränsningar: kan finnas hos andra")


def limits_shown(reading: Reading, outcomes: Mapping[str, Outcome]) -> tuple[Limit, ...]:
    """What holds, and any later standpoint that says it no longer does. Newest first."""
    all_limits = [present_limit(one, outcomes) for one in reading.judged]
    valid = [limit for limit in all_limits if limit is not None and limit.is_valid]
    earliest = min((limit.day or date.min for limit in valid), default=None)
    shown = [
        limit
        for limit in all_limits
        if limit is not None and (limit.is_valid or (earliest and limit.day and limit.day > earliest))
    ]
    return tuple(sorted(shown, key=lambda limit: limit.day or date.min, reverse=True))


def present_limit(one: Judged, outcomes: Mapping[str, Outcome]) -> Limit | None:
    record = one.record
    if not isinstance(record, CareLimitation):
        return None
    outcome = outcomes.get(record.source)
    is_valid = one.lamp is Lamp.ONGOING
    measures = {m: None for r in (record, *one.also) if isinstance(r, CareLimitation) for m in r.measures}
    author = record.decided_by or record.author.name
    unit = "" if record.origin.unit_is_assumed else record.origin.unit_name
    decided = full_when(care_limitation.dated(record)) or _("datum saknas")
    whose = list(filter(None, (author, unit)))
    who = ", ".join([_("Ställningstagande %(day)s") % {"day": decided}, *whose])
    chips = [str(MEASURE_WORDS[m]) for m in measures if m is not Measure.OTHER] if is_valid else []
    return Limit(
        text=record.text or record.title,
        chips=tuple(chips),
        is_valid=is_valid,
        who=who,
        validity=validity_of(record, is_valid),
        sources=told_by(one, {slug: outcome.source.label for slug, outcome in outcomes.items()}),
        got=got_words(outcome) if isinstance(outcome, Answered) else "",
        day=day_of(care_limitation.dated(record)),
        brief=f"{', '.join([decided, *whose])} · {brief_validity_of(record, is_valid)}",
    )


def brief_validity_of(record: CareLimitation, is_valid: bool) -> str:
    if not is_valid:
        return validity_of(record, is_valid)
    if record.end is None:
        return _("slut ej angivet")
    return _("gäller t.o.m. %(end)s") % {"end": full_when(record.end)}


def validity_of(record: CareLimitation, is_valid: bool) -> str:
    if not is_valid:
        return _("Gäller inte längre enligt källan")
    if record.end is None:
        return _("Giltighetstid ej angiven")
    return _("Gäller t.o.m. %(day)s") % {"day": full_when(record.end)}


def differ(limits: tuple[Limit, ...]) -> bool:
    """Different words from different sources. Which is right is for the reader to find out."""
    return len({limit.text for limit in limits}) > 1 and len({limit.sources for limit in limits}) > 1


def failed_lines(reading: Reading, outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    """Each source, or system behind one, that should have told of limitations and did not, or from a copy."""
    kind, lines = reading.button.kind, []
    for outcome in outcomes.values():
        source = outcome.source
        if kind not in outcome.kinds:
            continue
        if isinstance(outcome, Failed):
            call = _(" Ring %(phone)s.") % {"phone": source.phone} if source.phone else ""
            lines.append(f"{source.label}: {FAULT_WORDS[outcome.fault]}{call}")
        elif isinstance(outcome, Answered):
            about = lines_about(source.label, outcome.parts, kind)
            is_told = any(not part.is_complete for part in outcome.parts_for(kind))
            if not outcome.is_complete_for(kind) and not is_told:
                lines.append(_("%(source)s: svaret är inte fullständigt.") % {"source": source.label})
            lines += about
    return tuple(lines)


def answered_words(reading: Reading, outcomes: Mapping[str, Outcome]) -> str:
    """Who has told that nothing is there, by name."""
    kind = reading.button.kind
    names = sorted(o.source.label for o in outcomes.values() if isinstance(o, Answered) and kind in o.kinds)
    return _("Svar från %(sources)s.") % {"sources": ", ".join(names)} if names else ""


def awaited_words(names: Sequence[str]) -> str:
    """True for as long as it stands, even where the stream has been cut."""
    return _("Ännu inget svar från %(sources)s.") % {"sources": ", ".join(names)} if names else ""


def closed_lines(reading: Reading) -> tuple[str, ...]:
    if reading.reason is not None and reading.state is not State.CHOOSE:
        return (str(REASON_WORDS[reading.reason]),)
    if Flag.CONSENT in reading.flags:
        return (_("Andra kan ha vårdbegränsningar. Samtycke behövs."),)
    return ()


def caution_of(reading: Reading) -> tuple[str, str]:
    """The warnings that stand, for the line under the limitations."""
    if not reading.is_lit:
        return "", ""
    return _("Varning:"), reading.headline
