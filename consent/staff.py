"""Who signs in, as the review of the log needs to know them: title, and hashes to compare a patient's with.

Users belong to the floor above. Django's own seam leads there: AUTH_USER_MODEL names a model with ``hsa_id``,
``title``, ``person_lookup``, ``address_lookup`` and ``assignments`` at units.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from consent.accesslog.sampling import Staff, StaffMember

# As many hexadecimal digits of an address's digest as a view's row keeps.
ADDRESS_DIGITS = 32


def everybody() -> Staff:
    """By HSA-id, also those who have left: the log still names them. Blocking: two queries."""
    return _members(_users())


def find_member(hsa_id: str) -> StaffMember | None:
    return _members(_users().filter(hsa_id=hsa_id)).get(hsa_id)


def _members(users: QuerySet[Any]) -> Staff:
    providers: dict[int, set[str]] = defaultdict(set)
    for user_id, provider_id in users.values_list("pk", "assignments__unit__provider_id"):
        if provider_id is not None:
            providers[user_id].add(provider_id)
    rows = users.values_list("pk", "hsa_id", "title", "person_lookup", "address_lookup")
    return {
        hsa_id: StaffMember(
            hsa_id,
            title,
            bytes(number) if number is not None else None,
            bytes(address).hex()[:ADDRESS_DIGITS] if address is not None else "",
            frozenset(providers[pk]),
        )
        for pk, hsa_id, title, number, address in rows
    }


def names_of(hsa_ids: Collection[str]) -> dict[str, str]:
    """HSA-id → name and title, of those who are known."""
    users = _users().filter(hsa_id__in=set(hsa_ids))
    return {user.hsa_id: f"{user}, {user.title}" if user.title else str(user) for user in users}


def _users() -> QuerySet[Any]:
    model: Any = get_user_model()
    return model.objects.filter(hsa_id__isnull=False)  # type: ignore[no-any-return]
