"""Row 18: under a purpose that has nothing to do with the patient nobody is named, related or not."""

from dataclasses import replace

import pytest

from consent.facts import Protection
from consent.ruling import Notice, notices_of, standing_of
from consent.vocabulary import Purpose, Right
from tests.consent.examples import AKUTEN, GROWN_UP, HEMTJANST, NOW, emergency, facts, reader

ADMINISTERS = frozenset({Right.ADMINISTER_CONSENTS})


@pytest.mark.parametrize(
    ("purpose", "unit", "rights", "is_named"),
    [
        (Purpose.CARE, AKUTEN, frozenset(), True),
        (Purpose.CARE, HEMTJANST, frozenset(), True),
        (Purpose.CERTIFICATE, AKUTEN, frozenset(), True),
        (Purpose.CERTIFICATE, HEMTJANST, frozenset(), False),
        (Purpose.QUALITY, AKUTEN, frozenset(), False),
        (Purpose.RESEARCH, AKUTEN, frozenset(), False),
        (Purpose.ADMINISTRATION, AKUTEN, frozenset(), False),
        (Purpose.ADMINISTRATION, AKUTEN, ADMINISTERS, True),
        (Purpose.QUALITY, AKUTEN, ADMINISTERS, False),
    ],
)
def test_a_name_needs_a_purpose_as_well_as_a_relation(purpose, unit, rights, is_named):
    actor = replace(reader(unit, purpose), rights=rights)
    assert standing_of(actor, facts(), NOW).person_may_be_named is is_named
    without = standing_of(actor, facts(has_relation=False, emergencies=(emergency(),)), NOW)
    assert without.person_may_be_named is (purpose is Purpose.CARE and unit is AKUTEN)


def test_nor_is_it_told_whether_she_is_protected():
    marked = replace(GROWN_UP, protection=Protection.CONFIDENTIALITY_MARK)
    known = facts(person=marked)
    assert Notice.PROTECTED in notices_of(reader(), known, NOW, None, existence_is_asked=False)
    other = reader(purpose=Purpose.QUALITY)
    assert Notice.PROTECTED not in notices_of(other, known, NOW, None, existence_is_asked=False)
