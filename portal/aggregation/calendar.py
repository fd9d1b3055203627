"""Days on which offices in Sweden are closed though it is no weekend."""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

SATURDAY = 5
# (month, day): New Year's Day, Epiphany, May Day, National Day, Christmas Eve to Boxing Day, New Year's Eve.
FIXED = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
# Days after Easter Sunday: Good Friday, Easter Monday, Ascension Day. Easter and Whitsun are Sundays anyway.
ROUND_EASTER = (-2, 1, 39)


@lru_cache(maxsize=8)
def closed_days(year: int) -> frozenset[date]:
    """Allmänna helgdagar (lag 1989:253), and the three eves put beside Sundays by the Annual Leave Act
    (semesterlagen 1977:480): Midsummer's, Christmas and New Year's. docs/decisions/0044-red-days.md."""
    midsummer = next_saturday(date(year, 6, 20))
    all_saints = next_saturday(date(year, 10, 31))
    return frozenset(
        {date(year, month, day) for month, day in FIXED}
        | {easter(year) + timedelta(days=days) for days in ROUND_EASTER}
        | {midsummer - timedelta(days=1), midsummer, all_saints}
    )


def next_saturday(day: date) -> date:
    """The first from this day on, the day itself counted."""
    return day + timedelta(days=(SATURDAY - day.weekday()) % 7)


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in closed_days(day.year)
