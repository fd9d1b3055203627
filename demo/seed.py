"""The demo in the database: organisations, personas, sources, and what stands on record. Safe to run again.

Addresses of the simulators are written anew each time; what users have recorded since is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.db import transaction

from connectors.models import DirectoryEntry, ExpectedDelivery, Source
from consent import models
from consent.vocabulary import Kind
from demo.people.national import SYSTEM_NAMES
from demo.people.personas import PERSONAS
from demo.people.places import (
    HEMSJUKVARDEN,
    KOMMUN_OMSORG,
    KOMMUN_VARD,
    MEDICIN,
    MYRTEN,
    NORDLIDEN_OMSORG,
    PROVIDERS,
    REGION,
    UNITS,
)
from demo.pushing import MYRTEN_SLUG, push_as_myrten
from demo.record import RECORDED_BY, seed_consent_work, seed_record
from demo.users import seed_persona
from portal.accounts.groups import make_groups
from portal.dates import today

LOGICAL_ADDRESS = "SE165565594230-1000"
DIRECTORY = (
    (MEDICIN, DirectoryEntry.UNIT, "", MEDICIN.phone, "vardagar 8–17"),
    (MEDICIN, DirectoryEntry.ON_CALL, "Medicinjouren", MEDICIN.phone_night, "17–08 och helger"),
    (MEDICIN, DirectoryEntry.STAND_IN, "Maja Tjärnås, överläkare", "0980-319232", "vardagar 8–17"),
    (HEMSJUKVARDEN, DirectoryEntry.ON_CALL, "Nattpatrullen", HEMSJUKVARDEN.phone_night, "dygnet runt"),
)
# Whom to tell that a record is wrong: telephone, e-mail, the owner's routine.
ERROR_CONTACTS = {
    "cosmic": ("0980-319209", "journal@regionfjall.example", "Verksamhetschefen beslutar om rättelse."),
    "cosmic-link": ("0980-319209", "", "Vårdplaneringen på avdelningen rättar i Link."),
    "viva-hsl": ("0980-319268", "", "Ring MAS vardagar 8–16."),
}
JOURNALS = (
    ("patient-region", "Cosmic, aktuell patient", REGION),
    ("patient-kommun", "Viva, aktuell patient", KOMMUN_VARD),
)
HSL_KINDS = (Kind.CARE_LIMITATION, Kind.CONTACT, Kind.HOME_CARE, Kind.CARE_PLAN, Kind.COORDINATION)
SOL_KINDS = (Kind.SOCIAL_SERVICE, Kind.CONTACT, Kind.COORDINATION)
REGION_KINDS = tuple(k for k in Kind if k not in (Kind.SOCIAL_SERVICE, Kind.HOME_CARE))
COSMIC_KINDS = tuple(kind for kind in REGION_KINDS if kind is not Kind.COORDINATION)


@dataclass(frozen=True)
class Addresses:
    """Where the simulators listen, and the secret they were told. Without ``facts`` nobody is asked what
    access rests on: relations have to be attested. ``cosmic_resources``: what the region's FHIR server has
    beyond what its vendor opens to all."""

    population: str
    cosmic: str
    viva: str
    secret: str
    facts: str = ""
    mobimed: str = ""
    nordliden: str = ""
    cosmic_resources: str = "Flag, Consent, AllergyIntolerance, CareTeam, RelatedPerson, DocumentReference"
    npo: str = ""


# Those whose holdings the simulated index counts; a vendor connected later is not among them.
KNOWN_TO_THE_INDEX = (
    "cosmic", "cosmic-link", "katalog-r001", "katalog-v001", "mobimed", MYRTEN_SLUG, "nordliden", "npo",
    "viva-hsl", "viva-sol",
)  # fmt: skip


@transaction.atomic
def seed(addresses: Addresses) -> None:
    seed_organisations()
    seed_consent_work()
    seed_sources(addresses)
    push_as_myrten(today())
    make_groups(apps)
    for persona in PERSONAS:
        seed_persona(persona)
    if not models.CareRelation.objects.filter(recorded_by=RECORDED_BY).exists():
        seed_record()


def seed_organisations() -> None:
    for provider in PROVIDERS:
        models.CareProvider.objects.update_or_create(
            hsa_id=provider.hsa,
            defaults={
                "name": provider.name,
                "kind": provider.kind,
                "on_call_phone": provider.on_call_phone,
            },
        )
    for unit in UNITS:
        models.CareUnit.objects.update_or_create(
            hsa_id=unit.hsa,
            defaults={
                "name": unit.name,
                "provider_id": unit.provider.hsa,
                "phone": unit.phone,
                "on_call_phone": unit.phone_night or "",
                "consent_raised_at": unit.consent_raised_at,
            },
        )


def seed_sources(addresses: Addresses) -> None:
    client, login = {"client_id": "patientoversikt"}, {"client_secret": addresses.secret}
    _source(
        "population",
        "Folkbokföringen",
        "population",
        addresses.population,
        secrets={"token": addresses.secret},
    )
    region = {"token_url": f"{addresses.cosmic}/oauth/token", **client}
    _source(
        "cosmic", "Cosmic", "cosmic", f"{addresses.cosmic}/fhir", REGION.hsa, COSMIC_KINDS,
        secrets={**login, "subscription_key": addresses.secret},
        settings={**region, "has_signals": "true", "extra_resources": addresses.cosmic_resources},
    )  # fmt: skip
    _source(
        "cosmic-link", "Cosmic Link", "cosmiclink", f"{addresses.cosmic}/fhir", REGION.hsa,
        (Kind.COORDINATION,), secrets=login, settings=region,
    )  # fmt: skip
    if addresses.mobimed:
        _source(
            "mobimed", "MobiMed", "mobimed", f"{addresses.mobimed}/fhir", REGION.hsa, (Kind.PREHOSPITAL,),
            secrets=login, settings={"token_url": f"{addresses.mobimed}/oauth/token", **client},
        )  # fmt: skip
    if addresses.nordliden:
        _source(
            "nordliden", "Nordlidens kommun", "openfeed", addresses.nordliden, NORDLIDEN_OMSORG.hsa,
            (Kind.SOCIAL_SERVICE,), secrets={"token": addresses.secret},
        )  # fmt: skip
    _source(
        MYRTEN_SLUG, "Hemtjänst Myrten", "openfeed", "", MYRTEN.hsa, (Kind.SOCIAL_SERVICE,), secrets={},
        settings={"receives": "true", "retention_days": "90", "fresh_hours": "168"},
    )  # fmt: skip
    key = {"api_key": addresses.secret}
    _source(
        "viva-hsl", "Viva hälso- och sjukvård", "viva", addresses.viva, KOMMUN_VARD.hsa, HSL_KINDS,
        secrets=key, settings={"area": "hsl"},
    )  # fmt: skip
    _source(
        "viva-sol", "Viva socialtjänst", "viva", addresses.viva, KOMMUN_OMSORG.hsa, SOL_KINDS,
        secrets=key, settings={"area": "sol"},
    )  # fmt: skip
    seed_directories()
    if addresses.npo:
        names = ";".join(f"{system}={name}" for system, name in SYSTEM_NAMES.items())
        _source(
            "npo", "NPÖ", "npo", addresses.npo, secrets={},
            settings={"logical_address": LOGICAL_ADDRESS, "system_names": names},
        )  # fmt: skip
    seed_fact_sources(addresses)
    expected = {
        REGION.hsa: REGION_KINDS,
        KOMMUN_VARD.hsa: (Kind.HOME_CARE, Kind.CARE_LIMITATION, Kind.CONTACT),
        KOMMUN_OMSORG.hsa: (Kind.SOCIAL_SERVICE, Kind.CONTACT),
    }
    for provider, kinds in expected.items():
        for kind in kinds:
            ExpectedDelivery.objects.get_or_create(provider_id=provider, kind=kind.value)


def seed_directories() -> None:
    """What administrators keep by hand: how some units are reached, one directory for each owner."""
    for owner in (REGION, KOMMUN_VARD):
        name = f"Kontaktkatalogen {owner.name}"
        _source(f"katalog-{owner.hsa[-4:].lower()}", name, "directory", "", owner.hsa, secrets={})
    if DirectoryEntry.objects.exists():
        return
    for unit, role, name, phone, hours in DIRECTORY:
        DirectoryEntry.objects.create(
            unit_id=unit.hsa, role=role, name=name, phone=phone or unit.phone, hours=hours,
            verified_on=today() - timedelta(days=20),
        )  # fmt: skip


def seed_fact_sources(addresses: Addresses) -> None:
    """Who is asked about blocks, relations and existence: one service, and the journal of each vårdgivare."""
    if not addresses.facts:
        return
    secrets = {"token": addresses.secret}
    _source(
        "sparrar", "Spärrtjänsten", "accessfacts", addresses.facts,
        secrets=secrets, settings={"answers_blocks": "true"},
    )  # fmt: skip
    _source(
        "index", "Indextjänsten", "accessfacts", addresses.facts,
        secrets=secrets,
        settings={"answers_existence": "true", "answers_for": " ".join(KNOWN_TO_THE_INDEX)},
    )  # fmt: skip
    for slug, label, owner in JOURNALS:
        _source(
            slug, label, "accessfacts", addresses.facts, owner.hsa,
            secrets=secrets, settings={"answers_relation": "true"},
        )  # fmt: skip


def _source(
    slug: str,
    label: str,
    connector: str,
    base_url: str,
    owner: str | None = None,
    kinds: Iterable[Kind] = (),
    *,
    secrets: dict[str, str],
    settings: dict[str, str] | None = None,
) -> None:
    source = Source.objects.filter(pk=slug).first() or Source(slug=slug, label=label, connector=connector)
    source.owner_id, source.kinds = owner, [k.value for k in kinds]
    source.base_url, source.settings = base_url, settings or {}
    source.error_phone, source.error_email, source.error_routine = ERROR_CONTACTS.get(slug, ("", "", ""))
    source.write_secrets(secrets)
    source.full_clean()
    source.save()
