"""What every recorded act shares, and the acts that are not about consent or blocks."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent.facts import ChildAbility, Obstacle
from consent.models.dossiers import Dossier
from consent.vocabulary import RelationGround


class RecordedAct(models.Model):
    """What all acts share: where and for whom they hold, from when to when, who recorded them and why.

    ``unit_id`` is the reading unit; ``employee_id`` is set where the act is personal. Ended (avslutat) and
    annulled (makulerat) are different things, both final, both kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+", verbose_name=_("patientakt"))
    provider_id = models.CharField(_("vårdgivare"), max_length=32)
    unit_id = models.CharField(_("enhet"), max_length=32, blank=True)
    employee_id = models.CharField(_("personligt för"), max_length=32, blank=True)
    recorded_at = models.DateTimeField(_("registrerat"), db_default=Now())
    recorded_by = models.CharField(_("registrerat av"), max_length=32)
    starts_at = models.DateTimeField(_("gäller från"), db_default=Now())
    ends_at = models.DateTimeField(_("gäller till"), null=True, blank=True)
    reason = models.CharField(_("skäl"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("avslutat"), null=True, blank=True)
    ended_by = models.CharField(_("avslutat av"), max_length=32, blank=True)
    end_reason = models.CharField(_("skäl för avslut"), max_length=300, blank=True)
    annulled_at = models.DateTimeField(_("makulerat"), null=True, blank=True)
    annulled_by = models.CharField(_("makulerat av"), max_length=32, blank=True)
    annul_reason = models.CharField(_("skäl för makulering"), max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ("-recorded_at",)

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {str(self.id)[:8]}"


class CareRelation(RecordedAct):
    """Vård- or omsorgsrelation of a unit with a patient: answered by a journal, or attested by a reader."""

    class Ground(models.TextChoices):
        JOURNAL = RelationGround.JOURNAL.value, _("Journalsystemet: aktuell patient")
        ATTESTED = RelationGround.ATTESTED.value, _("Intygad av användaren")
        SERVICE = RelationGround.SERVICE.value, _("Har insats")
        ASSESSMENT = RelationGround.ASSESSMENT.value, _("Utredning pågår")

    ground = models.CharField(_("grund"), max_length=12, choices=Ground)

    class Meta(RecordedAct.Meta):
        verbose_name = _("vårdrelation")
        verbose_name_plural = _("vårdrelationer")


class EmergencyOpening(RecordedAct):
    """Nödöppning and its three facts (SVOD 3:6): danger, why consent cannot be had, then indispensable."""

    OBSTACLES = (
        (Obstacle.UNCONSCIOUS.value, _("Medvetslös")),
        (Obstacle.TOO_ILL.value, _("För svårt sjuk för att ta ställning")),
        (Obstacle.OTHER.value, _("Annat")),
    )

    is_danger = models.BooleanField(_("fara för liv eller allvarlig hälsorisk"), default=False)
    obstacle = models.CharField(_("varför samtycke inte kan inhämtas"), max_length=12, choices=OBSTACLES)
    opened_at = models.DateTimeField(_("öppnad, oundgängligen behövd"), null=True, blank=True)

    class Meta(RecordedAct.Meta):
        verbose_name = _("nödöppning")
        verbose_name_plural = _("nödöppningar")


class Inability(RecordedAct):
    """The patient cannot consent: for a while, or lastingly with three assertions and a review date."""

    is_lasting = models.BooleanField(_("inte endast tillfälligt"), default=True)
    is_needed = models.BooleanField(_("behövs för nödvändig vård"), default=False)
    is_attitude_clarified = models.BooleanField(_("inställning klarlagd så långt möjligt"), default=False)
    is_no_objection_known = models.BooleanField(
        _("inget tyder på att patienten skulle motsätta sig"), default=False
    )

    class Meta(RecordedAct.Meta):
        verbose_name = _("oförmåga att samtycka")
        verbose_name_plural = _("fall av oförmåga att samtycka")


class ChildAssessment(RecordedAct):
    """The answer to whether a child can decide for itself."""

    ANSWERS = ((ChildAbility.ABLE.value, _("Ja")), (ChildAbility.UNABLE.value, _("Nej")))

    ability = models.CharField(_("barnet kan ta ställning"), max_length=8, choices=ANSWERS)

    class Meta(RecordedAct.Meta):
        verbose_name = _("bedömning av barn")
        verbose_name_plural = _("bedömningar av barn")


class UnitChoice(RecordedAct):
    """An active choice to open another unit of the own provider (PDL 4:1, row 2)."""

    target_unit_id = models.CharField(_("vald enhet"), max_length=32)

    class Meta(RecordedAct.Meta):
        verbose_name = _("aktivt val")
        verbose_name_plural = _("aktiva val")
