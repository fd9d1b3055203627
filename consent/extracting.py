"""Handing out a patient's extract of the log: who may, under which numbers, and that it is logged."""

from datetime import date, datetime, timedelta

from django.db import Error
from django.db.models import Q

from consent.accesslog.events import Event
from consent.accesslog.extract import Extract, extract
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.encryption import lookup_key
from consent.models import Dossier
from consent.person import Person
from consent.terms import SWEDISH_TIME, Actor, PersonId
from consent.vocabulary import Right


class NotForYou(Exception):
    """The assignment does not give the right to review the log."""


def check_reviewer(by: Actor) -> None:
    """Before anybody is asked who it is about. Raises NotForYou."""
    if Right.REVIEW_LOG not in by.rights:
        raise NotForYou


def numbers_of(asked: PersonId, known: Person) -> tuple[PersonId, ...]:
    """Every number that is the person's: the one that was given first, those the register names, and those
    linked here before, also when the register cannot be asked. Blocking: two queries."""
    named = (asked, known.id, *known.aliases)
    rows = Dossier.objects.filter(lookup__in=[lookup_key(person) for person in named])
    main = {row.main_id or row.pk for row in rows}
    linked = Dossier.objects.filter(Q(pk__in=main) | Q(main__in=main)).order_by("opened_at")
    return tuple(dict.fromkeys((*named, *(row.as_person() for row in linked))))


def hand_out(
    by: Actor, trace: Trace, asked: PersonId, known: Person, since: date, until: date
) -> tuple[tuple[PersonId, ...], Extract]:
    """The extract of the actor's own provider, and the numbers it covers, for Swedish days, both included.

    Logged first, with the patient; so an extract that reaches today ends with itself. Blocking.
    Raises NotForYou, LogUnavailable.
    """
    check_reviewer(by)
    numbers = numbers_of(asked, known)
    detail = {"since": since.isoformat(), "until": until.isoformat()}
    aliases = [number for number in numbers if number != asked]
    write(Entry(Event.LOG_EXTRACTED, by, trace, patient=asked, aliases=aliases, detail=detail))
    try:
        found = extract(numbers, by.provider.hsa_id, _midnight(since), _midnight(until + timedelta(days=1)))
    except Error as error:
        raise LogUnavailable from error
    return numbers, found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SWEDISH_TIME)
