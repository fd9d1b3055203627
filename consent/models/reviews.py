"""Log review (HSLF-FS 2016:40 ch. 4): what was drawn, who judged it, and how. No key leads into the log."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent.encryption import EncryptedTextField


class ReviewDraw(models.Model):
    """One unit's draw for one month: how many views there were and how many were drawn at random."""

    month = models.DateField(_("månad"))
    unit_id = models.CharField(_("enhet"), max_length=32)
    provider_id = models.CharField(_("vårdgivare"), max_length=32)
    view_count = models.PositiveIntegerField(_("visningar"), default=0)
    random_count = models.PositiveIntegerField(_("slumpvis utvalda"), default=0)
    drawn_at = models.DateTimeField(_("dragen"), db_default=Now())

    class Meta:
        verbose_name = _("dragning för loggkontroll")
        verbose_name_plural = _("dragningar för loggkontroll")
        ordering = ("-month", "unit_id")
        constraints = [
            models.UniqueConstraint(fields=["month", "unit_id"], name="one_draw_per_unit_and_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.unit_id}"


class ReviewItem(models.Model):
    """One view to be judged by somebody other than the one who made it.

    ``reasons``: why it was drawn (``consent.accesslog.sampling.Why``). The note may name people: encrypted.
    """

    FINDINGS = (
        ("justified", _("Motiverad")),
        ("explained", _("Motiverad efter förklaring")),
        ("unclear", _("Går inte att avgöra")),
        ("unjustified", _("Inte motiverad")),
    )
    ACTIONS = (
        ("none", _("Ingen åtgärd")),
        ("asked", _("Medarbetaren tillfrågad")),
        ("informed", _("Påmint om reglerna")),
        ("reported", _("Anmäld till ansvarig chef")),
        ("incident", _("Anmäld som incident")),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draw = models.ForeignKey(ReviewDraw, models.PROTECT, related_name="items", verbose_name=_("dragning"))
    view_id = models.UUIDField(_("visning"))
    viewed_at = models.DateTimeField(_("tid"))
    user_hsa_id = models.CharField(_("användare"), max_length=32)
    reasons = models.JSONField(_("varför"), default=list)
    finding = models.CharField(_("bedömning"), max_length=12, blank=True, choices=FINDINGS)
    action = models.CharField(_("åtgärd"), max_length=12, blank=True, choices=ACTIONS)
    note = EncryptedTextField(_("anteckning"), null=True, blank=True)
    reviewed_by = models.CharField(_("granskad av"), max_length=32, blank=True)
    reviewed_at = models.DateTimeField(_("granskad"), null=True, blank=True)

    class Meta:
        verbose_name = _("visning att granska")
        verbose_name_plural = _("visningar att granska")
        ordering = ("viewed_at",)
        constraints = [models.UniqueConstraint(fields=["draw", "view_id"], name="one_item_per_view_and_draw")]
        indexes = [models.Index(fields=["reviewed_at", "viewed_at"])]

    def __str__(self) -> str:
        return str(self.id)[:8]
