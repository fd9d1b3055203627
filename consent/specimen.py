"""A permit to try a connector with: about a person nobody is, and refused wherever patients are.

The second and last maker of permits beside ``consent.gate``. It decides nothing and logs nothing, since
nobody's information can be asked for with it: only numbers reserved for tests are let through, the setting
``SPECIMEN_PERMITS`` must be on (a vendor's own machine, the tests, ``make run``), and production refuses it
four times over: here, at start-up (``portal.checks``), where sources are asked (``portal.aggregation``) and
where anything is shown (``consent.release``).
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.conf import settings

from consent.terms import Actor, Basis, Permit, PersonId, Provider, Reach, Unit
from consent.vocabulary import EVERY_KIND, CareKind, Distance, IdType, Row

TOLVAN = PersonId("191212121212")
# A test person whom no source is likely to know.
NOBODY = PersonId("189002149806")
# Birth numbers that Skatteverket keeps for test persons and gives to nobody.
RESERVED_BIRTH_NUMBERS = frozenset({"238", "239", "980", "981"})
LASTS = timedelta(minutes=5)

_TESTER = Provider("SE0000000000-PROV", "Provning", CareKind.HEALTH_CARE)
_ACTOR = Actor(
    0, "SE0000000000-PROVARE", "Provning", "", "0", Unit("SE0000000000-PROVE", "Provning", _TESTER)
)


class SpecimenRefused(Exception):
    """A permit to test with was wanted where there may be patients, or about somebody who may exist."""


def is_test_number(person: PersonId) -> bool:
    """Whether a number is one that no person has."""
    if person == TOLVAN:
        return True
    number, numeric = person.number, person.number.isascii() and person.number.isdigit()
    is_official = person.type is not IdType.RESERVNUMMER and len(number) == 12 and numeric
    return is_official and number[8:11] in RESERVED_BIRTH_NUMBERS


def may_test() -> bool:
    """Whether this installation is one for testing. Unset means no."""
    return getattr(settings, "SPECIMEN_PERMITS", False) is True and not getattr(settings, "PRODUCTION", False)


def specimen_permit(patient: PersonId = TOLVAN) -> Permit:
    """A permit that opens everything about a test person, for five minutes. Raises SpecimenRefused."""
    if not may_test():
        raise SpecimenRefused("specimen permits are switched off here")
    if not is_test_number(patient):
        raise SpecimenRefused("not a number reserved for tests")
    return Permit(
        actor=_ACTOR,
        patient=patient,
        aliases=(),
        view_id=uuid4(),
        dossier_id=uuid4(),
        dossier_version=0,
        expires_at=datetime.now(UTC) + LASTS,
        kinds=EVERY_KIND,
        decisions={Reach(Distance.OTHER_PROVIDER, kind): Basis(Row.CONSENT) for kind in CareKind},
        is_specimen=True,
    )
