"""When an office answers: red days are told apart from working days, in any year."""

from datetime import date, datetime

import pytest

from consent.terms import SWEDISH_TIME
from portal.aggregation.buttons.contact import is_office_time
from portal.aggregation.calendar import closed_days, is_working_day
from portal.aggregation.lamps import Moment

RED_2026 = {
    date(2026, 1, 1): "nyårsdagen",
    date(2026, 1, 6): "trettondedag jul",
    date(2026, 4, 3): "långfredagen",
    date(2026, 4, 6): "annandag påsk",
    date(2026, 5, 1): "första maj",
    date(2026, 5, 14): "Kristi himmelsfärdsdag",
    date(2026, 6, 6): "nationaldagen",
    date(2026, 6, 19): "midsommarafton",
    date(2026, 6, 20): "midsommardagen",
    date(2026, 10, 31): "alla helgons dag",
    date(2026, 12, 24): "julafton",
    date(2026, 12, 25): "juldagen",
    date(2026, 12, 26): "annandag jul",
    date(2026, 12, 31): "nyårsafton",
}


def test_the_red_days_of_a_year_are_these_and_no_others() -> None:
    assert closed_days(2026) == set(RED_2026)


@pytest.mark.parametrize(
    ("year", "good_friday", "midsummers_eve", "all_saints"),
    [
        (2024, date(2024, 3, 29), date(2024, 6, 21), date(2024, 11, 2)),
        (2027, date(2027, 3, 26), date(2027, 6, 25), date(2027, 11, 6)),
        (2038, date(2038, 4, 23), date(2038, 6, 25), date(2038, 11, 6)),
    ],
)
def test_what_moves_is_found(year: int, good_friday: date, midsummers_eve: date, all_saints: date) -> None:
    assert {good_friday, midsummers_eve, all_saints} <= closed_days(year)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 4, 2), True),  # skärtorsdagen
        (date(2026, 4, 3), False),
        (date(2026, 4, 30), True),  # valborgsmässoafton
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 11, 30), True),
    ],
)
def test_a_working_day_is_no_weekend_and_not_red(day: date, is_working: bool) -> None:
    assert is_working_day(day) is is_working


@pytest.mark.parametrize(
    ("at", "is_office"),
    [
        (datetime(2026, 12, 23, 10, 0, tzinfo=SWEDISH_TIME), True),
        (datetime(2026, 12, 24, 10, 0, tzinfo=SWEDISH_TIME), False),
        (datetime(2026, 6, 19, 10, 0, tzinfo=SWEDISH_TIME), False),
        (datetime(2026, 6, 18, 16, 59, tzinfo=SWEDISH_TIME), True),
        (datetime(2026, 6, 18, 17, 0, tzinfo=SWEDISH_TIME), False),
    ],
)
def test_on_a_red_day_nobody_is_in_the_office(at: datetime, is_office: bool) -> None:
    assert is_office_time(Moment(now=at)) is is_office
