"""A source is configured, owned, checked, and reaches its connector as one profile."""

import asyncio

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from connectors.base.contract import SourceProfile
from connectors.base.registry import UnknownConnector, build_connector, connector_classes
from connectors.base.session import close_session
from connectors.facts import person_source
from connectors.models import ExpectedDelivery, Source
from connectors.sources import configuration, configured_sources, connector_for
from consent.models import CareProvider, CareUnit
from consent.vocabulary import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def make_source(**fields):
    base = {
        "slug": "cosmic",
        "label": "Cosmic",
        "connector": "cosmic",
        "base_url": "https://cosmic.invalid/fhir",
    }
    return Source(**{**base, **fields})


def test_single_owner_source_must_have_an_owner():
    with pytest.raises(ValidationError, match="äger informationen"):
        make_source().full_clean()


def test_aggregating_source_may_not_have_an_owner(provider, monkeypatch):
    from dataclasses import replace

    cosmic = connector_classes()["cosmic"]
    monkeypatch.setattr(cosmic, "manifest", replace(cosmic.manifest, is_aggregating=True))
    with pytest.raises(ValidationError, match="samlande"):
        make_source(owner=provider).full_clean()
    make_source().full_clean()


def test_default_unit_must_be_the_owners(provider, unit):
    other = CareProvider.objects.create(hsa_id="SE2120000019-V001", name="Vård", kind="health_care")
    with pytest.raises(ValidationError, match="hör inte till"):
        make_source(owner=other, default_unit=unit).full_clean()
    make_source(owner=provider, default_unit=unit).full_clean()


def test_kinds_must_be_among_those_the_connector_delivers(provider):
    with pytest.raises(ValidationError, match="lämnar inte"):
        make_source(owner=provider, kinds=["home_care"]).full_clean()


def test_unknown_connector_is_refused():
    with pytest.raises(ValidationError, match="finns inte"):
        make_source(connector="nowhere").full_clean()


def test_population_needs_no_owner():
    Source(slug="pop", label="Befolkning", connector="population", base_url="http://x.invalid").full_clean()


def test_profile_carries_everything(provider, unit):
    source = make_source(owner=provider, default_unit=unit, kinds=["warning"], settings={"client_id": "c"})
    source.write_secrets({"client_secret": "hemligt"})
    source.save()
    (profile,) = configured_sources()
    assert profile.owner == provider.as_value()
    assert (profile.default_unit_id, profile.default_unit_name) == (unit.hsa_id, "Medicin")
    assert profile.kinds == {Kind.WARNING}
    assert profile.settings["client_id"] == "c"
    assert profile.settings["client_secret"] == "hemligt"
    assert profile.settings["crisis_plan_names"] == "Krisplan"
    assert profile.providers == {provider.hsa_id: provider.as_value()}
    assert "hemligt" not in repr(profile)


def test_no_kinds_chosen_means_all_of_them(provider):
    make_source(owner=provider).save()
    assert configured_sources()[0].kinds == connector_classes()["cosmic"].manifest.kinds


def test_secrets_are_unreadable_in_the_database(provider):
    source = make_source(owner=provider)
    source.write_secrets({"client_secret": "hemligt"})
    source.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM connectors_source")
        assert b"hemligt" not in bytes(cursor.fetchone()[0])
    assert Source.objects.get().read_secrets() == {"client_secret": "hemligt"}


def test_deadline_is_the_connectors_own_unless_one_is_set(provider):
    Source(slug="pop", label="P", connector="population", base_url="http://x.invalid").save()
    make_source(owner=provider, deadline_s=2.5).save()
    assert {profile.slug: profile.deadline_s for profile in configured_sources()} == {
        "pop": 0.8,
        "cosmic": 2.5,
    }


@pytest.mark.parametrize(("area", "kind"), [("hsl", Kind.HOME_CARE), ("sol", Kind.SOCIAL_SERVICE)])
def test_half_a_viva_offers_half_the_kinds(provider, area, kind):
    source = make_source(connector="viva", owner=provider, settings={"area": area})
    source.full_clean()
    source.save()
    (profile,) = configured_sources()
    assert kind in profile.kinds
    assert not {Kind.HOME_CARE, Kind.SOCIAL_SERVICE} <= profile.kinds
    source.kinds = ["home_care", "social_service"]
    with pytest.raises(ValidationError, match="lämnar inte"):
        source.full_clean()


def test_disabled_sources_are_not_there(provider):
    make_source(owner=provider, enabled=False).save()
    assert configured_sources() == ()


def test_number_of_queries_does_not_grow_with_sources(provider, unit, django_assert_num_queries):
    for number in range(5):
        make_source(slug=f"cosmic-{number}", owner=provider, default_unit=unit).save()
    with django_assert_num_queries(3):
        assert len(configured_sources()) == 5


def test_expected_deliveries(provider, django_assert_num_queries):
    for kind in ("warning", "contact"):
        ExpectedDelivery.objects.create(provider=provider, kind=kind)
    with django_assert_num_queries(3):
        configured = configuration()
    assert configured.expected == {(provider.hsa_id, Kind.WARNING), (provider.hsa_id, Kind.CONTACT)}
    assert configured.providers == {provider.hsa_id: provider.as_value()}


def test_unit_of_another_provider_is_not_assumed(provider):
    unit = CareUnit.objects.create(hsa_id="SE2321000016-R0HC", name="HC", provider=provider)
    assert unit.as_value().provider == provider.as_value()


def profile(**fields):
    return SourceProfile("pop", "Befolkning", "http://x.invalid", None, connector="population", **fields)


def test_connector_is_kept_until_its_profile_changes():
    async def twice():
        first, second = await connector_for(profile()), await connector_for(profile())
        changed = await connector_for(profile(settings={"token": "new"}))
        await close_session()
        return first, second, changed

    first, second, changed = asyncio.run(twice())
    assert first is second
    assert changed is not first


def test_loops_share_no_connector():
    async def once():
        return await connector_for(profile())

    assert asyncio.run(once()) is not asyncio.run(once())


def test_unknown_connector_cannot_be_built():
    with pytest.raises(UnknownConnector):
        build_connector(SourceProfile("x", "X", "http://x.invalid", None, connector="nowhere"))


def test_person_source_is_the_configured_register():
    assert person_source(()) is None
    assert person_source((profile(),)) is not None
    assert person_source((profile(), profile())) is None
