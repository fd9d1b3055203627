"""Vem har svarat: one line per source, and what the page says of the whole."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.base.contract import Freshness, SourceProfile
from connectors.base.records import When
from connectors.grading import quality_words
from connectors.standing import Standing
from consent.terms import SWEDISH_TIME
from consent.vocabulary import Kind
from portal.access.figures_masking import is_few
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.judging import is_incomplete
from portal.aggregation.outcomes import Answered, Failed, Outcome
from portal.aggregation.states import Reading
from portal.aggregation.wording import clock, short_moment, short_when_with_clock
from portal.dates import today
from portal.overview.presenters.parts import PartLine, present_parts
from portal.overview.presenters.tallies import Tally, tally_all
from portal.overview.presenters.words import FAULT_WORDS, REASON_WORDS

TOLD_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """``state``: ok, copy, part, failed, refused or waiting. ``planned``: a stop told of beforehand.

    ``standing``: how it has answered lately, whoever was asked about. ``messages``: its own words about its
    answer. ``kinds``: what it was asked about.
    """

    slug: str
    label: str
    state: str
    icon: str
    text: str
    time: str = ""
    phone: str = ""
    downtime: str = ""
    error_id: str = ""
    kinds: frozenset[Kind] = frozenset()
    connector: str = ""
    parts: tuple[PartLine, ...] = ()
    messages: tuple[str, ...] = ()
    planned: str = ""
    standing: str = ""

    @property
    def has_time(self) -> bool:
        return bool(self.time)

    @property
    def buttons(self) -> str:
        """What it was asked about, by the names of the buttons."""
        return ", ".join(str(BUTTON_OF[kind].label) for kind in BUTTON_OF if kind in self.kinds)

    @property
    def quality(self) -> str:
        return quality_words(self.connector)

    @property
    def is_short(self) -> bool:
        """Whether its label, one sentence and the time are all there is to say."""
        told = (self.downtime, self.error_id, self.parts, self.messages, self.planned)
        return self.state != "failed" and not any(told)


@dataclass(frozen=True, slots=True)
class Summary:
    """``missing``: the sentence that the page is not complete, or empty. ``is_final``: all have come.
    ``since``: when the reader last looked, and how much is new since."""

    missing: str
    awaited: str
    tallies: tuple[Tally, ...]
    is_final: bool
    announcement: str = ""
    since: str = ""


def present_awaited(profile: SourceProfile, at: datetime) -> SourceLine:
    planned = planned_words(profile, at)
    return SourceLine(profile.slug, profile.label, "waiting", "clock", _("Hämtar"), planned=planned)


def planned_words(profile: SourceProfile, at: datetime) -> str:
    """Told while it goes on and the day before; after that nobody is helped by it."""
    if profile.planned_downtime is None:
        return ""
    since, until = profile.planned_downtime
    if since <= at < until:
        return _("Planerat avbrott till %(time)s") % {"time": moment_words(until, at)}
    if at < since <= at + TOLD_AHEAD:
        told = {"since": moment_words(since, at), "until": moment_words(until, since)}
        return _("Planerat avbrott %(since)s–%(until)s") % told
    return ""


def moment_words(moment: datetime, seen_from: datetime) -> str:
    """The clock; with its day where that is another one."""
    when, today = When.of(moment), seen_from.astimezone(SWEDISH_TIME).date()
    return clock(moment) if when.day == today else short_when_with_clock(when, today)


def standing_words(standing: Standing | None) -> str:
    """In short, for readers; of a handful of questions nothing is told."""
    if standing is None or standing.day.percent is None or is_few(standing.day.asked):
        return ""
    return _("Svarade på %(percent)s %% av frågorna senaste dygnet.") % {"percent": standing.day.percent}


def present_sources(
    outcomes: Iterable[Outcome], at: datetime, standings: Mapping[str, Standing] | None = None
) -> list[SourceLine]:
    lines = [present_source(outcome, at) for outcome in outcomes]
    if not standings:
        return lines
    return [replace(line, standing=standing_words(standings.get(line.slug))) for line in lines]


def present_source(outcome: Outcome, at: datetime) -> SourceLine:
    line, planned = _present(outcome), planned_words(outcome.source, at)
    return replace(line, planned=planned) if planned else line


def _present(outcome: Outcome) -> SourceLine:
    source = outcome.source
    if isinstance(outcome, Answered):
        state, icon, text = answered_words(outcome)
        # A line in order is its time alone, so one that was delivered says so there.
        time = clock(outcome.as_of)
        if outcome.is_delivered:
            time = text if state == "ok" else ""
        return SourceLine(
            source.slug,
            source.label,
            state,
            icon,
            text,
            time,
            source.phone,
            kinds=outcome.kinds,
            connector=source.connector,
            parts=present_parts(outcome.parts, outcome.kinds),
            messages=outcome.warnings,
        )
    if isinstance(outcome, Failed):
        return SourceLine(
            source.slug,
            source.label,
            "failed",
            "nocloud",
            str(FAULT_WORDS[outcome.fault]),
            clock(outcome.at),
            source.phone,
            source.downtime,
            outcome.error_id,
            outcome.kinds,
            source.connector,
        )
    return SourceLine(
        source.slug,
        source.label,
        "refused",
        "closed",
        str(REASON_WORDS[outcome.reason]),
        phone=source.phone,
        kinds=outcome.kinds,
        connector=source.connector,
    )


def answered_words(outcome: Answered) -> tuple[str, str, str]:
    if outcome.unparsed:
        n = outcome.unparsed
        text = ngettext("%(n)d post kunde inte tolkas", "%(n)d poster kunde inte tolkas", n) % {"n": n}
        return "part", "nocloud", text
    if outcome.is_delivered:
        return delivered_words(outcome)
    if is_incomplete(outcome):
        return "part", "nocloud", _("Svarade, men inte fullständigt.")
    if outcome.freshness.is_copy:
        return "copy", "clock", _("Svarade med sin egen kopia.")
    if any(part.is_copy for part in outcome.parts):
        return "copy", "clock", _("Svarade, delvis med kopior.")
    return "ok", "check", _("Svarade")


def delivered_words(outcome: Answered) -> tuple[str, str, str]:
    """Of a source that delivers by itself: when it last said that it had delivered everything."""
    at = {"time": short_moment(outcome.as_of, today())}
    if outcome.freshness is Freshness.OVERDUE:
        return "part", "clock", _("Levererade senast %(time)s. Nyare uppgifter kan finnas.") % at
    if is_incomplete(outcome):
        return "part", "nocloud", _("Levererade %(time)s, men inte allt.") % at
    return "ok", "check", _("Levererat %(time)s") % at


def present_summary(
    readings: Sequence[Reading],
    asked: Sequence[SourceProfile],
    outcomes: Mapping[str, Outcome],
    named: Collection[str] = (),
) -> Summary:
    """``named``: slugs of those whose answer is awaited that the page names elsewhere."""
    awaited = [profile for profile in asked if profile.slug not in outcomes]
    others = [profile.label for profile in awaited if profile.slug not in named]
    came = [outcomes[profile.slug] for profile in asked if profile.slug in outcomes]
    missing = missing_words(came, len(asked))
    tallies = tuple(tally_all(readings))
    done = _("Klart. %(tally)s.") % {"tally": ", ".join(f"{t.count} {t.word}" for t in tallies if t.count)}
    return Summary(
        missing=missing,
        awaited=awaited_words(others, is_more=len(others) < len(awaited)),
        tallies=tallies,
        is_final=not awaited,
        announcement="" if awaited else f"{missing} {done}".strip(),
    )


def awaited_words(names: Sequence[str], *, is_more: bool) -> str:
    """``is_more``: others are awaited, too, and named elsewhere."""
    if not names:
        return ""
    words = _("Väntar även på %(sources)s") if is_more else _("Väntar på %(sources)s")
    return words % {"sources": ", ".join(names)}


def missing_words(came: Iterable[Outcome], asked: int) -> str:
    """How many sources gave nothing, and how many gave less than all; empty where nothing is missing."""
    failed = part = 0
    for outcome in came:
        if isinstance(outcome, Failed):
            failed += 1
        elif is_incomplete(outcome):
            part += 1
    sentences = []
    if failed:
        words = ngettext("%(n)d av %(all)d källa svarar inte.", "%(n)d av %(all)d källor svarar inte.", asked)
        sentences.append(words % {"n": failed, "all": asked})
    if part:
        words = ngettext("%(n)d källa lämnade inte allt.", "%(n)d källor lämnade inte allt.", part)
        sentences.append(words % {"n": part})
    return " ".join(sentences)
