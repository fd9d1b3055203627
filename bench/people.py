"""Organisations, patients, readers and sources in a database. Needs Django to be set up.

Run as a program it is told what to make, one JSON line at a time.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.contrib.auth.hashers import make_password

from bench.invented import PASSWORD, WARD, owner, patient, unit_of
from connectors.models import Source
from consent.encryption import lookup_key
from consent.models import CareProvider, CareRelation, CareUnit, Consent, Dossier
from portal.accounts.models import Assignment, User

BATCH = 1000
BY = "bench"


def make_organisations(owners: int) -> None:
    for number in range(owners):
        provider, unit = owner(number), unit_of(number)
        CareProvider.objects.create(hsa_id=provider.hsa_id, name=provider.name, kind=provider.kind.value)
        CareUnit.objects.create(hsa_id=unit.hsa_id, name=unit.name, provider_id=provider.hsa_id)


def make_patients(count: int, consents: int) -> None:
    """All have a relation with the ward; the first so many have consented that it reads others' data too."""
    numbers = iter(range(count))
    while batch := list(islice(numbers, BATCH)):
        people = {number: patient(number) for number in batch}
        dossiers = {
            number: Dossier(lookup=lookup_key(person), number=person.number, number_type=person.type.value)
            for number, person in people.items()
        }
        Dossier.objects.bulk_create(dossiers.values())
        relations = [CareRelation(ground="journal", **_shared(dossiers[n])) for n in batch]
        CareRelation.objects.bulk_create(relations)
        given = [Consent(unit_ids=[WARD.hsa_id], **_shared(dossiers[n])) for n in batch if n < consents]
        Consent.objects.bulk_create(given)


def _shared(dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "provider_id": WARD.provider.hsa_id,
        "unit_id": WARD.hsa_id,
        "recorded_by": BY,
    }


def make_readers(count: int) -> list[str]:
    """Nurses of the ward, each with an account and an assignment of her own; the names they sign in with."""
    secret = make_password(PASSWORD)
    names = [f"reader{number}" for number in range(count)]
    for number, name in enumerate(names):
        user = User.objects.create(
            username=name,
            password=secret,
            hsa_id=f"SE2321000016-B{number:04d}",
            first_name="Bo",
            last_name=name,
        )
        Assignment.objects.create(user=user, unit_id=WARD.hsa_id)
    return names


def make_sources(sources: Iterable[Mapping[str, Any]]) -> None:
    """Replace what is configured."""
    Source.objects.all().delete()
    for said in sources:
        fields = dict(said)
        secrets = fields.pop("secrets")
        number = fields.pop("owner")
        source = Source(**fields, owner_id=None if number is None else owner(number).hsa_id)
        source.write_secrets(secrets)
        source.full_clean()
        source.save()


ORDERS: dict[str, Any] = {
    "make_organisations": make_organisations,
    "make_patients": make_patients,
    "make_readers": make_readers,
    "make_sources": make_sources,
}


def main() -> None:
    for line in sys.stdin:
        words = json.loads(line)
        print(json.dumps(ORDERS[words.pop("order")](**words)), flush=True)


if __name__ == "__main__":
    main()
