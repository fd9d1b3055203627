"""What the law leaves open, from the environment. Unset, each is what shows and opens least."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from consent.facts import LegalSettings
from consent.vocabulary import Kind
from portal.settings.environment import read_bool, read_int, read_list


def read_legal_settings() -> LegalSettings:
    """LEGAL_BLOCKS_VISIBLE, LEGAL_EMERGENCY_AFTER_REFUSAL, LEGAL_OPENING_HOURS, LEGAL_OPENINGS_END_AT_SWITCH,
    LEGAL_RECORD_FOR_OTHER_PROVIDERS, LEGAL_CHILD_ASKED_FROM_AGE, LEGAL_SOCIAL_READER_KINDS.

    Raises ImproperlyConfigured.
    """
    usual = LegalSettings()
    return LegalSettings(
        blocks_are_visible=read_bool("LEGAL_BLOCKS_VISIBLE", usual.blocks_are_visible),
        emergency_after_refusal=read_bool("LEGAL_EMERGENCY_AFTER_REFUSAL", usual.emergency_after_refusal),
        opening_lasts=timedelta(hours=read_int("LEGAL_OPENING_HOURS", 24, least=1, most=24)),
        openings_end_at_switch=read_bool("LEGAL_OPENINGS_END_AT_SWITCH", usual.openings_end_at_switch),
        records_for_other_providers=read_bool(
            "LEGAL_RECORD_FOR_OTHER_PROVIDERS", usual.records_for_other_providers
        ),
        child_asked_from_age=read_int(
            "LEGAL_CHILD_ASKED_FROM_AGE", usual.child_asked_from_age, least=7, most=18
        ),
        social_reader_kinds=read_kinds("LEGAL_SOCIAL_READER_KINDS", usual.social_reader_kinds),
    )


def read_kinds(name: str, default: frozenset[Kind]) -> frozenset[Kind]:
    """Comma-separated kinds, such as ``care_limitation,contact``."""
    words = read_list(name, tuple(sorted(kind.value for kind in default)))
    unknown = sorted(set(words) - {kind.value for kind in Kind})
    if unknown:
        raise ImproperlyConfigured(f"{name} holds unknown kinds: {', '.join(unknown)}.")
    return frozenset(Kind(word) for word in words)
