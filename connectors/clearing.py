"""What a request for a new source brought with it goes with it, where it came to nothing and is not used.

A provider or a unit that somebody typed for a vendor who was turned down must not stand among those to choose
from. For the transaction of the decision, whose row in the access log names what went.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from connectors.models import PendingChange
from consent.admin.organisations import is_in_use
from consent.models import CareProvider, CareUnit

PROVIDER, UNIT = "careprovider", "careunit"


def name_added(change: PendingChange, added: Iterable[Model]) -> None:
    """Keep which providers and units came with the request; saved by the caller."""
    for one in added:
        if isinstance(one, CareProvider | CareUnit):
            change.added.append([PROVIDER if isinstance(one, CareProvider) else UNIT, one.pk])


def clear_away(change: PendingChange, as_asked: Mapping[str, Any]) -> list[str]:
    """Take away what came with the request and is used by nothing else; the HSA-ids of what went.

    ``as_asked``: the source as the request would have had it, without secrets; kept for the history.
    """
    ours = {(sort, key) for sort, key in change.added}
    source = change.source
    if (PROVIDER, source.owner_id) in ours or (UNIT, source.default_unit_id) in ours:
        change.proposal = json.dumps(as_asked)
        source.owner = source.default_unit = None
        source.save(update_fields=["owner", "default_unit"])
    # The unit before its provider; read before they go: a row that is deleted has no key.
    wanted: list[CareProvider | CareUnit] = [
        *CareUnit.objects.filter(pk__in=[key for sort, key in ours if sort == UNIT]),
        *CareProvider.objects.filter(pk__in=[key for sort, key in ours if sort == PROVIDER]),
    ]
    return [key for key, one in [(one.hsa_id, one) for one in wanted] if _is_gone(one)]


def _is_gone(one: CareProvider | CareUnit) -> bool:
    """Delete it, unless anything else refers to it."""
    if is_in_use(one):
        return False
    one.delete()
    return True
