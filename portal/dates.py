"""Today, in Sweden."""

from datetime import date

from django.utils import timezone

from consent.terms import SWEDISH_TIME


def today() -> date:
    return timezone.now().astimezone(SWEDISH_TIME).date()
