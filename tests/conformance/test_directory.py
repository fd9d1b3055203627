"""The contact directory passes the suite for own tables, and stays in the background of what others know."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection, transaction

from connectors.base.contract import SourceProfile
from connectors.base.kinds import Contact, ContactRole
from connectors.base.records import When
from connectors.base.tableconformance import TableConformance
from connectors.directory.connector import DirectoryConnector
from connectors.models import DirectoryEntry
from consent.models import CareProvider, CareUnit
from consent.terms import Permit, PersonId
from consent.vocabulary import Kind
from tests.factories.permits import FJALL, OMSORG, TOLVAN, permit_for

pytestmark = pytest.mark.django_db


class TestDirectory(TableConformance):
    connector = DirectoryConnector
    patients = (TOLVAN, PersonId("189002149806"))

    def permit_for(self, patient: PersonId) -> Permit:
        return permit_for(patient)

    def fill(self) -> SourceProfile:
        for provider, unit in ((FJALL, "SE2321000016-R0ME"), (OMSORG, "SE2120000019-O0HT")):
            CareProvider.objects.create(hsa_id=provider.hsa_id, name=provider.name, kind=provider.kind.value)
            CareUnit.objects.create(hsa_id=unit, name=unit[-4:], provider_id=provider.hsa_id)
            for role, phone in (("unit", "0980-319230"), ("on_call", "0980-319231")):
                DirectoryEntry.objects.create(
                    unit_id=unit, role=role, phone=phone, hours="till 08", verified_on=date(2026, 11, 1)
                )
        return SourceProfile(
            "katalog", "Kontaktkatalogen", "", FJALL, kinds=frozenset({Kind.CONTACT}), connector="directory"
        )

    @contextmanager
    def unreadable(self) -> Iterator[None]:
        """The table is put away, inside a savepoint: what failed must not fail the rest of the test."""
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE connectors_directoryentry RENAME TO put_away")
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE put_away RENAME TO connectors_directoryentry")

    def test_each_role_says_when_it_answers(self) -> None:
        profile = self.fill()
        contacts = [r for r in self.ask(profile, profile.kinds).records if isinstance(r, Contact)]
        assert {r.role: r.phones[0].use for r in contacts} == {
            ContactRole.ON_CALL: "on_call",
            ContactRole.UNIT: "day",
        }
        assert {r.verified for r in contacts} == {When.on(date(2026, 11, 1))}
