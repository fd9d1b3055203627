"""A small vendor: its source, its token, its records, and how it sends them."""

import json
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.db.models.functions import Now
from django.test import Client

from connectors.base.contract import Answer
from connectors.base.registry import build_connector
from connectors.models import Source
from connectors.openfeed import tokens
from connectors.openfeed.models import HeldRecord, Reception
from connectors.openfeed.samples import OWNER_HSA_ID, example_of
from connectors.openfeed.scenarios import PATIENT
from consent.models import CareProvider
from consent.terms import PersonId
from consent.vocabulary import EVERY_KIND, Kind
from tests.factories.permits import permit_for

NOTICE_KEY = "k" * 40
RECORDS = "/api/feed/v1/records"


def make_source(slug: str = "exempel", owner: str = OWNER_HSA_ID, **settings: str) -> Source:
    provider, _is_new = CareProvider.objects.get_or_create(
        hsa_id=owner, defaults={"name": "Exempelomsorg AB", "kind": "social_care"}
    )
    source = Source(slug=slug, label="Exempelomsorg", connector="openfeed", owner=provider)
    source.settings = {"receives": "true", "retention_days": "30", "fresh_hours": "24", **settings}
    source.write_secrets({"notice_key": NOTICE_KEY})
    source.full_clean()
    source.save()
    return source


def make_token(source: Source) -> str:
    """Approved."""
    token, text = tokens.make_token(source, "Prov")
    token.approved_at = Now()
    token.save()
    return text


def service(number: object = 1, **more: Any) -> dict[str, Any]:
    return {**example_of("service"), "id": f"insats-{number}", **more}


class Vendor:
    """One that pushes."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.token = make_token(source)

    def post(self, body: object, path: str = RECORDS, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        return Client().post(
            path, data, content_type=sent.pop("Content-Type", "application/json"), headers=sent
        )

    def push(self, *records: object, complete: bool = False, query: str = "", language: str = "sv") -> Any:
        reply = self.post(
            {"records": list(records), "complete": complete}, RECORDS + query, **{"Accept-Language": language}
        )
        assert reply.status_code == 200, reply.content
        return reply.json()

    def outcomes(self, *records: object, **more: Any) -> list[str]:
        return [result["result"] for result in self.push(*records, **more)["results"]]

    def shown(
        self, patient: PersonId = PATIENT, kinds: frozenset[Kind] = EVERY_KIND, *, aliases: Any = ()
    ) -> Answer:
        """What the connector answers a reader. Raises SourceFault."""
        profile = Source.objects.get(pk=self.source.pk).as_profile({})
        connector = build_connector(profile)
        # On this test's own thread, where its transaction is.
        return async_to_sync(connector.fetch)(permit_for(patient, aliases=aliases), kinds & profile.kinds)


def grow_old(slug: str = "exempel", **age: int) -> None:
    """As if everything held had been delivered that long ago."""
    HeldRecord.objects.filter(source_id=slug).update(confirmed_at=Now() - timedelta(**age))


def fall_silent(slug: str = "exempel", **age: int) -> None:
    """As if the last complete delivery had been that long ago."""
    Reception.objects.filter(source_id=slug).update(complete_at=Now() - timedelta(**age))
