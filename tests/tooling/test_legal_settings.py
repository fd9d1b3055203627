"""What the law leaves open is set from outside; unset, it is what shows and opens least."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from consent.facts import LegalSettings
from consent.vocabulary import Kind
from portal.settings.legal import read_legal_settings


def test_unset_means_the_safe_defaults(monkeypatch):
    assert read_legal_settings() == LegalSettings()


def test_each_is_read(monkeypatch):
    monkeypatch.setenv("LEGAL_BLOCKS_VISIBLE", "False")
    monkeypatch.setenv("LEGAL_EMERGENCY_AFTER_REFUSAL", "False")
    monkeypatch.setenv("LEGAL_OPENING_HOURS", "8")
    monkeypatch.setenv("LEGAL_OPENINGS_END_AT_SWITCH", "False")
    monkeypatch.setenv("LEGAL_RECORD_FOR_OTHER_PROVIDERS", "True")
    monkeypatch.setenv("LEGAL_CHILD_ASKED_FROM_AGE", "15")
    monkeypatch.setenv("LEGAL_SOCIAL_READER_KINDS", "contact, social_service")
    assert read_legal_settings() == LegalSettings(
        blocks_are_visible=False,
        opening_lasts=timedelta(hours=8),
        openings_end_at_switch=False,
        records_for_other_providers=True,
        emergency_after_refusal=False,
        child_asked_from_age=15,
        social_reader_kinds=frozenset({Kind.CONTACT, Kind.SOCIAL_SERVICE}),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEGAL_BLOCKS_VISIBLE", "no"),
        ("LEGAL_OPENING_HOURS", "25"),
        ("LEGAL_OPENING_HOURS", "0"),
        ("LEGAL_CHILD_ASKED_FROM_AGE", "19"),
        ("LEGAL_SOCIAL_READER_KINDS", "everything"),
    ],
)
def test_what_is_not_a_choice_stops_the_start(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read_legal_settings()
