"""What stands above the list on the administrator's start page."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from connectors.approvals import keys_waiting
from connectors.expiring import soon_out
from connectors.models import PendingChange
from consent.admin.reading import assignment_of
from portal.access.figures import Figure, five_figures

register = template.Library()


@dataclass(frozen=True, slots=True)
class StartPage:
    """``waiting``: changes of sources for another administrator to look at; ``keys_waiting``: delivery keys.
    ``certificates``: those that run out within thirty days, or have, in words.
    ``lacks_assignment``: acts and log are told by the provider of the assignment, and there is none."""

    figures: tuple[Figure, ...] = ()
    waiting: int = 0
    keys_waiting: int = 0
    lacks_assignment: bool = False
    certificates: tuple[str, ...] = ()


@register.simple_tag(takes_context=True)
def start_page(context: Any) -> StartPage:
    """Nothing of it to those who may not see it."""
    request = context["request"]
    may = request.user.has_perm
    waits = may("connectors.view_pendingchange")
    bound = may("consent.view_consent") and not request.user.is_superuser
    return StartPage(
        figures=five_figures(timezone.now(), may) if may("accounts.view_figures") else (),
        waiting=PendingChange.objects.filter(state=PendingChange.WAITING).count() if waits else 0,
        keys_waiting=keys_waiting() if may("openfeed.change_token") else 0,
        certificates=_certificates() if may("connectors.change_source") else (),
        lacks_assignment=bound and assignment_of(request) is None,
    )


def _certificates() -> tuple[str, ...]:
    now = timezone.now()
    return tuple(f"{one.where}: {one.told(now)}" if one.where else one.told(now) for one in soon_out(now))
