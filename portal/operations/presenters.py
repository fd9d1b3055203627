"""The words of the page about how quick the sources are."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from connectors.models import Source
from connectors.standing import Share, Standing
from portal.operations.pace import ENOUGH, Pace


@dataclass(frozen=True, slots=True)
class SpeedLine:
    """One source. ``is_failing``: it answers nobody just now."""

    name: str
    owner: str
    answered_day: str
    answered_week: str
    pace_day: str
    pace_week: str
    latest: str
    is_failing: bool


def present_speed(
    source: Source, standing: Standing | None, day: Pace | None, week: Pace | None, now: datetime
) -> SpeedLine:
    stood = standing or Standing()
    is_failing = stood.failing_since is not None
    return SpeedLine(
        name=source.label,
        owner=source.owner.name if source.owner else _("Flera vårdgivare"),
        answered_day=told_share(stood.day),
        answered_week=told_share(stood.week),
        pace_day=told_pace(day),
        pace_week=told_pace(week),
        latest=told_latest(stood, source.is_down_as_planned(now)),
        is_failing=is_failing,
    )


def told_share(share: Share) -> str:
    if share.percent is None:
        return _("Inga frågor ställda")
    return _("%(percent)s %% av %(asked)s frågor") % {"percent": share.percent, "asked": share.asked}


def told_pace(pace: Pace | None) -> str:
    if pace is None or not pace.answers:
        return _("Inte mätt")
    if pace.answers < ENOUGH:
        return _("För få svar för att mäta")
    if pace.usual_ms is None:
        return _("Oftast längre än 5 sekunder")
    usual = _seconds(pace.usual_ms)
    if pace.slow_ms is None:
        return _("Oftast inom %(usual)s s, ibland längre än 5 s") % {"usual": usual}
    return _("Oftast inom %(usual)s s, nästan alltid inom %(slow)s s") % {
        "usual": usual,
        "slow": _seconds(pace.slow_ms),
    }


def told_latest(standing: Standing, is_down_as_planned: bool) -> str:
    if is_down_as_planned:
        return _("Planerat avbrott pågår")
    if standing.answered_at is None:
        return _("Inget svar på 7 dagar")
    if standing.failing_since is not None:
        return _("Svarar inte sedan %(since)s") % {"since": _moment(standing.failing_since)}
    return _("Svarade senast %(at)s") % {"at": _moment(standing.answered_at)}


def _seconds(ms: int) -> str:
    return number_format(ms / 1000, use_l10n=True).rstrip("0").rstrip(",.")


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "Y-m-d H.i")
