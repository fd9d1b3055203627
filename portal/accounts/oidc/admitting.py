"""Letting in whom an identity provider vouches for: her account, and the assignments it gives this time.

What it gave at an earlier sign-in is replaced; what an administrator keeps here is left as it is. A unit
comes with its provider and kind from our own organisation: an assignment at a unit that is unknown here, or
that belongs to another provider than it says, opens nothing.
"""

from dataclasses import dataclass

import structlog
from django.db import transaction

from consent.models import CareUnit
from consent.vocabulary import Purpose, Right
from portal.accounts.models import Assignment, User
from portal.accounts.oidc.claims import Commission, Employee
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.settings.sign_in import Voucher

_log = structlog.get_logger(__name__)
RIGHTS = {
    "may_lift_blocks": Right.LIFT_BLOCKS,
    "may_administer_consents": Right.ADMINISTER_CONSENTS,
    "may_review_log": Right.REVIEW_LOG,
}


@dataclass(frozen=True, slots=True)
class Admitted:
    """``unusable``: how many of the given assignments open nothing here."""

    user: User
    unusable: int


@transaction.atomic
def admit(idp: Voucher, employee: Employee) -> Admitted:
    """Raises SignInRefused where the account is closed."""
    user = _user_of(employee)
    units = CareUnit.objects.in_bulk([one.unit_id for one in employee.commissions])
    usable = [one for one in employee.commissions if _is_usable(one, units.get(one.unit_id))]
    _replace(idp, user, usable)
    unusable = len(employee.commissions) - len(usable)
    if unusable:
        _log.warning("assignments_unusable", count=unusable, of=len(employee.commissions))
    return Admitted(user, unusable)


def _user_of(employee: Employee) -> User:
    user = User.objects.select_for_update().filter(hsa_id=employee.hsa_id).first()
    if user is None:
        user = User(username=employee.hsa_id, hsa_id=employee.hsa_id)
        user.set_unusable_password()
    elif not user.is_active:
        raise SignInRefused(Why.CLOSED)
    user.first_name = employee.given_name or user.first_name
    user.last_name = employee.family_name or user.last_name
    user.title = employee.title or user.title
    user.save()
    return user


def _is_usable(one: Commission, unit: CareUnit | None) -> bool:
    """Care without a right to read opens no patient; other purposes read nothing anyway (policy)."""
    if one.purpose is Purpose.CARE and not one.may_read:
        return False
    return unit is not None and one.purpose is not None and unit.provider_id == one.provider_id


def _replace(idp: Voucher, user: User, usable: list[Commission]) -> None:
    held = {(a.unit_id, a.purpose): a for a in Assignment.objects.select_for_update().filter(user=user)}
    given: dict[tuple[str, str], set[Right]] = {}
    for one in usable:
        given.setdefault((one.unit_id, str(one.purpose)), set()).update(one.rights)
    for (unit_id, purpose), rights in given.items():
        assignment = held.get((unit_id, purpose))
        if assignment is not None and not assignment.from_idp:
            continue
        assignment = assignment or Assignment(user=user, unit_id=unit_id, purpose=purpose)
        assignment.from_idp, assignment.is_active = idp.id, True
        assignment.valid_from = assignment.valid_until = None
        for field, right in RIGHTS.items():
            setattr(assignment, field, right in rights)
        assignment.save()
    gone = [a.pk for key, a in held.items() if a.from_idp == idp.id and key not in given]
    Assignment.objects.filter(pk__in=gone).update(is_active=False)
