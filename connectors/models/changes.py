"""What about a source waits for a second administrator."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from connectors.models.sources import Source
from consent.encryption import EncryptedTextField


class PendingChange(models.Model):
    """What a source is reached by, or a new source, waiting for another administrator (four eyes).

    ``fields``: what changes, by the names of ``connectors.approvals``. ``proposal``: how it would be, secrets
    among it; None for a new source, which is judged as it stands. ``switches_on``: approved, a new source is
    in use at once. Keys made with the request (``keys``) stand and fall with it, as do the providers and
    units that it ``added``: pairs of sort and HSA-id. Rejected and withdrawn ones are kept.
    """

    WAITING, APPROVED, REJECTED, WITHDRAWN = "waiting", "approved", "rejected", "withdrawn"
    STATES = (
        (WAITING, _("Väntar på godkännande av en annan administratör")),
        (APPROVED, _("Godkänd")),
        (REJECTED, _("Avslagen")),
        (WITHDRAWN, _("Tillbakadragen")),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="changes", verbose_name=_("källa"))
    is_new = models.BooleanField(_("ny källa"), default=False)
    switches_on = models.BooleanField(_("slås på när den godkänns"), default=False)
    fields = models.JSONField(_("ändrar"), default=list)
    proposal = EncryptedTextField(null=True, blank=True, editable=False)
    added = models.JSONField(default=list, editable=False)
    reason = models.CharField(_("skäl"), max_length=300)
    state = models.CharField(_("läge"), max_length=10, choices=STATES, default=WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begärd av")
    )
    asked_at = models.DateTimeField(_("begärd"), db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("avgjord av"),
    )
    decided_at = models.DateTimeField(_("avgjord"), null=True, blank=True)
    decided_reason = models.CharField(_("skäl för avgörandet"), max_length=300, blank=True)
    # What went with a decision, by HSA-id, until its row is written.
    cleared: Sequence[str] = ()

    class Meta:
        verbose_name = _("väntande ändring")
        verbose_name_plural = _("ändringar som ska godkännas")
        ordering = ("-asked_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state="waiting"), name="one_change_waits_per_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_state_display()}"
