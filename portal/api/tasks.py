"""Work of this package that must outlive a request."""

from celery import shared_task
from django.db.models.functions import Now

from portal.api.models import AccessToken, SpentAssertion


@shared_task
def sweep_spent_proofs() -> int:
    """Remove tokens and notes of assertions that could open nothing any more; how many."""
    return sum(
        int(model.objects.filter(expires_at__lt=Now()).delete()[0]) for model in (AccessToken, SpentAssertion)
    )
