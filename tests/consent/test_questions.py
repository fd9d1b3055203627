"""A question that is put together once gives what Django gives, asked as often as one likes."""

from datetime import timedelta

import pytest
from django.db import DataError, OperationalError, connection, transaction
from django.db.models import BinaryField, CharField, DateTimeField
from django.utils import timezone

from consent.database import kept_cursor
from consent.encryption import lookup_key
from consent.models import CareProvider, CareUnit, Dossier
from consent.questions import Question, Slot, columns_of, row_of
from consent.terms import PersonId

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
TOLVAN = PersonId("191212121212")


@pytest.fixture
def units() -> None:
    for name in ("Fjäll", "Vik"):
        provider = CareProvider.objects.create(hsa_id=f"P-{name}", name=f"Region {name}", kind="health_care")
        CareUnit.objects.create(hsa_id=f"U-{name}", name=f"{name} 100 %", provider=provider)


def by_name() -> Question:
    return Question(
        lambda: CareUnit.objects.filter(name=Slot("name", CharField())).values_list(
            *columns_of(CareUnit), *columns_of(CareProvider, "provider__")
        )
    )


def test_each_asking_has_values_of_its_own(units, django_assert_num_queries):
    question = by_name()
    for name in ("Fjäll", "Vik", "Fjäll"):
        with django_assert_num_queries(1):
            ((*columns,),) = question.ask(name=f"{name} 100 %")
        unit = row_of(CareUnit, columns[: len(columns_of(CareUnit))])
        assert unit == CareUnit.objects.get(pk=f"U-{name}")
        provider = row_of(CareProvider, columns[len(columns_of(CareUnit)) :])
        assert provider.as_value() == CareProvider.objects.get(pk=f"P-{name}").as_value()
    assert question.ask(name="Nowhere") == []


def test_values_are_never_part_of_the_text(units):
    assert by_name().ask(name="x' OR '1' = '1") == []


def test_question_is_not_asked_without_its_values(units):
    with pytest.raises(ValueError, match="name"):
        by_name().ask(name=None)
    with pytest.raises(KeyError):
        by_name().ask()


def test_row_is_as_django_reads_it():
    made = Dossier(lookup=lookup_key(TOLVAN), number=TOLVAN.number, number_type=TOLVAN.type.value)
    made.save()
    question = Question(
        lambda: Dossier.objects.filter(
            lookup=Slot("lookup", BinaryField()), opened_at__lte=Slot("now", DateTimeField())
        ).values_list(*columns_of(Dossier))
    )
    (columns,) = question.ask(lookup=lookup_key(TOLVAN), now=timezone.now() + timedelta(seconds=5))
    row = row_of(Dossier, columns)
    django = Dossier.objects.get()
    assert [getattr(row, name) for name in columns_of(Dossier)] == [
        getattr(django, name) for name in columns_of(Dossier)
    ]
    assert row.as_person() == TOLVAN
    assert not row._state.adding


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps statements ready")
def test_server_keeps_what_is_asked_and_none_of_the_values(units):
    before, question = len(prepared()), by_name()
    for name in ("Fjäll", "Vik"):
        ((key, *_),) = question.ask(name=f"{name} 100 %")
        assert key == f"U-{name}"
    kept = prepared()
    assert len(kept) == before + 1
    assert "$1" in kept[-1]
    assert "Fjäll" not in kept[-1]
    assert "Vik" not in kept[-1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps statements ready")
def test_what_others_ask_is_not_kept(units):
    before = prepared()
    for _ in range(10):
        list(CareUnit.objects.filter(name="Fjäll 100 %"))
    assert prepared() == before


def test_kept_statement_fails_with_djangos_errors_and_serves_again():
    text = "SELECT 1 / %s" if connection.vendor == "postgresql" else "SELECT abs(-9223372036854775807 - %s)"
    with kept_cursor() as cursor, pytest.raises((DataError, OperationalError)), transaction.atomic():
        cursor.execute(text, [0 if connection.vendor == "postgresql" else 1])
    with kept_cursor() as cursor:
        cursor.execute(text, [1 if connection.vendor == "postgresql" else 0])
        assert cursor.fetchone() is not None
