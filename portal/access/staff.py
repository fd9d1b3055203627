"""Who works where, to lift a block for one person or to answer one who asks. For a database thread."""

from collections.abc import Iterable

from consent.models import CareUnit
from portal.accounts.actors import assignments_of
from portal.accounts.models import User
from portal.dates import today


def has_assignment(hsa_id: str, unit_id: str) -> bool:
    """Whether somebody with this HSA-id has an assignment at the unit today."""
    user = User.objects.filter(hsa_id=hsa_id, is_active=True).first()
    return user is not None and assignments_of(user, today()).filter(unit_id=unit_id).exists()


def names_of_staff(hsa_ids: Iterable[str]) -> dict[str, str]:
    """Name and title by HSA-id; who is no longer here keeps the HSA-id for a name."""
    found = User.objects.filter(hsa_id__in=set(hsa_ids))
    return {user.hsa_id or "": f"{user}, {user.title}" if user.title else str(user) for user in found}


def units_by_id(unit_ids: Iterable[str]) -> dict[str, CareUnit]:
    return CareUnit.objects.select_related("provider").in_bulk(set(unit_ids))
