"""Who may look, recorded: providers and units, one dossier per patient, and every act that bears on access.

Nothing here is deleted: acts are ended or annulled, with time, person and reason (PDL, SVOD).
"""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent import terms
from consent.accesslog.model import AccessEvent, LogKey
from consent.encryption import EncryptedTextField
from consent.facts import ChildAbility, Obstacle
from consent.vocabulary import BlockKind, CareKind, IdType


class CareProvider(models.Model):
    """A vårdgivare or omsorgsgivare."""

    KINDS = ((CareKind.HEALTH_CARE.value, _("Vårdgivare")), (CareKind.SOCIAL_CARE.value, _("Omsorgsgivare")))

    hsa_id = models.CharField("HSA-id", max_length=32, primary_key=True)
    name = models.CharField(_("namn"), max_length=120)
    kind = models.CharField(_("slag"), max_length=16, choices=KINDS)

    class Meta:
        verbose_name = _("vårdgivare eller omsorgsgivare")
        verbose_name_plural = _("vårdgivare och omsorgsgivare")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def as_value(self) -> terms.Provider:
        return terms.Provider(self.hsa_id, self.name, CareKind(self.kind))


class CareUnit(models.Model):
    """A unit of a provider: where staff have their assignments and records their home."""

    hsa_id = models.CharField("HSA-id", max_length=32, primary_key=True)
    name = models.CharField(_("namn"), max_length=120)
    provider = models.ForeignKey(
        CareProvider, models.PROTECT, related_name="units", verbose_name=_("tillhör")
    )
    phone = models.CharField(_("telefon"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("enhet")
        verbose_name_plural = _("enheter")
        ordering = ("provider__name", "name")

    def __str__(self) -> str:
        return f"{self.name}, {self.provider.name}"

    def as_value(self) -> terms.Unit:
        return terms.Unit(self.hsa_id, self.name, self.provider.as_value())


class Dossier(models.Model):
    """One row per patient, made at the first ask. ``version`` rises with every act that bears on access.

    ``lookup`` is a keyed hash of the number; the number itself is encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lookup = models.BinaryField(max_length=32, unique=True, editable=False)
    number = EncryptedTextField(editable=False)
    number_type = models.CharField(max_length=20, choices=[(t.value, t.value) for t in IdType])
    version = models.PositiveBigIntegerField(default=1)
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("patientakt")
        verbose_name_plural = _("patientakter")

    def __str__(self) -> str:
        return str(self.id)[:8]

    def as_person(self) -> terms.PersonId:
        return terms.PersonId(self.number, IdType(self.number_type))


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


class Consent(RecordedAct):
    """Samtycke to reading others' data, for units of one provider or for one person there (SVOD 3:1, 3:2)."""

    unit_ids = models.JSONField(_("enheter"), default=list)
    through_interpreter = models.BooleanField(_("via tolk"), default=False)

    class Meta(RecordedAct.Meta):
        verbose_name = _("samtycke")
        verbose_name_plural = _("samtycken")
        indexes = [models.Index(fields=["dossier", "-recorded_at"])]


class ConsentRefusal(RecordedAct):
    """The patient said no, at one unit. Never hides the own provider's data."""

    class Meta(RecordedAct.Meta):
        verbose_name = _("nekat samtycke")
        verbose_name_plural = _("nekade samtycken")


class CareRelation(RecordedAct):
    """Vård- or omsorgsrelation of a unit with a patient: answered by a journal, or attested by a reader."""

    class Ground(models.TextChoices):
        JOURNAL = "journal", _("Journalsystemet: aktuell patient")
        ATTESTED = "attested", _("Intygad av användaren")
        SERVICE = "insats", _("Har insats")
        ASSESSMENT = "utredning", _("Utredning pågår")

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


class Block(RecordedAct):
    """A spärr kept here. ``provider_id`` and ``unit_id`` say who blocked; other sources plug in beside."""

    KINDS = ((BlockKind.INNER.value, _("Inre")), (BlockKind.OUTER.value, _("Yttre")))

    kind = models.CharField(_("slag"), max_length=8, choices=KINDS)
    first_day = models.DateField(_("uppgifter från"), null=True, blank=True)
    last_day = models.DateField(_("uppgifter till"), null=True, blank=True)
    excluded_types = models.JSONField(_("undantagna informationstyper"), default=list, blank=True)

    class Meta(RecordedAct.Meta):
        verbose_name = _("spärr")
        verbose_name_plural = _("spärrar")


class BlockLift(RecordedAct):
    """An inner block that an authorised officer lifted for a unit or one person, for a time (PDL 4:5)."""

    block = models.ForeignKey(Block, models.PROTECT, related_name="lifts", verbose_name=_("spärr"))

    class Meta(RecordedAct.Meta):
        verbose_name = _("hävd spärr")
        verbose_name_plural = _("hävda spärrar")


__all__ = [
    "AccessEvent",
    "Block",
    "BlockLift",
    "CareProvider",
    "CareRelation",
    "CareUnit",
    "ChildAssessment",
    "Consent",
    "ConsentRefusal",
    "Dossier",
    "EmergencyOpening",
    "Inability",
    "LogKey",
    "RecordedAct",
    "UnitChoice",
]
