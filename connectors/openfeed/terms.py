"""On what terms a source delivers by itself: how long its records are kept, how long they count as current.

Read from the source's settings (Manifest of the connector), so that both wait for a second administrator.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Words

RECEIVES, RETENTION_DAYS, FRESH_HOURS, NOTICE_KEY = "receives", "retention_days", "fresh_hours", "notice_key"
LONGEST_RETENTION_DAYS = 3660
LONGEST_FRESH_HOURS = 24 * 31
SHORTEST_NOTICE_KEY = 32

NEEDS_RETENTION = _("Ange hur många dagar uppgifterna får sparas, 1–3660.")
NEEDS_FRESHNESS = _("Ange hur många timmar efter en fullständig leverans källan räknas som aktuell, 1–744.")
NEEDS_TOKEN = _("Ange nyckeln som portalen visar upp, eller kryssa för att källan lämnar själv.")
NEEDS_KEY = _("Nyckeln för aviseringar måste ha minst 32 tecken.")


class UnsoundTerms(ValueError):
    """The source is set to receive, but without terms that hold. Nothing is taken and nothing is shown."""


@dataclass(frozen=True, slots=True)
class Terms:
    """``retention_days``: a record not delivered again within it is deleted. ``fresh_hours``: so long after a
    complete delivery silence means that nothing has changed."""

    retention_days: int
    fresh_hours: int


def receives(settings: Mapping[str, str]) -> bool:
    """Whether the source delivers by itself, instead of being asked."""
    return settings.get(RECEIVES) == "true"


def terms_of(settings: Mapping[str, str]) -> Terms:
    """Raises UnsoundTerms."""
    if not receives(settings) or flaws_of(settings):
        raise UnsoundTerms
    return Terms(int(settings[RETENTION_DAYS]), int(settings[FRESH_HOURS]))


def flaws_of(settings: Mapping[str, str]) -> dict[str, Words]:
    """What is wrong with a source's settings, by the setting's name; secrets among them."""
    flaws: dict[str, Words] = {}
    if receives(settings):
        if not _lies_within(settings.get(RETENTION_DAYS), LONGEST_RETENTION_DAYS):
            flaws[RETENTION_DAYS] = NEEDS_RETENTION
        if not _lies_within(settings.get(FRESH_HOURS), LONGEST_FRESH_HOURS):
            flaws[FRESH_HOURS] = NEEDS_FRESHNESS
    elif not settings.get("token"):
        flaws["token"] = NEEDS_TOKEN
    key = settings.get(NOTICE_KEY, "")
    if key and len(key) < SHORTEST_NOTICE_KEY:
        flaws[NOTICE_KEY] = NEEDS_KEY
    return flaws


def _lies_within(value: object, most: int) -> bool:
    text = str(value or "")
    return text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most
