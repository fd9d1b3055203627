"""Days before and after T, written as the source systems write them (Europe/Stockholm, with offset)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# When the day's entries are written in the region's journal.
WRITTEN = "17:00"


def moment(today: date, days: int, clock: str = "09:00") -> str:
    """ISO time ``days`` from ``today`` (negative is the past) at the Swedish wall clock ``HH:MM``."""
    day = today + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), STOCKHOLM).isoformat()


def day(today: date, days: int) -> str:
    """ISO date ``days`` from ``today``."""
    return (today + timedelta(days=days)).isoformat()


def compact_moment(today: date, days: int, clock: str = "09:00") -> str:
    """The same moment as RIV-TA writes it: digits alone, no zone."""
    return datetime.fromisoformat(moment(today, days, clock)).strftime("%Y%m%d%H%M%S")


def compact_day(today: date, days: int) -> str:
    """A date as RIV-TA writes it."""
    return day(today, days).replace("-", "")
