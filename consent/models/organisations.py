"""Providers and their units: whose information it is, and where staff have their assignments."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent import terms
from consent.vocabulary import CareKind, RaisedAt

RAISED_AT = (
    (RaisedAt.SOCIAL_SERVICE.value, _("SoL-insats börjar")),
    (RaisedAt.HOME_CARE.value, _("Hemsjukvård börjar")),
    (RaisedAt.CARE_HOME.value, _("Flytt till vård- och omsorgsboende")),
    (RaisedAt.SIP.value, _("SIP planeras")),
    (RaisedAt.VISIT.value, _("Besök")),
)


class CareProvider(models.Model):
    """A vårdgivare or omsorgsgivare."""

    KINDS = ((CareKind.HEALTH_CARE.value, _("Vårdgivare")), (CareKind.SOCIAL_CARE.value, _("Omsorgsgivare")))

    hsa_id = models.CharField("HSA-id", max_length=32, primary_key=True)
    name = models.CharField(_("namn"), max_length=120)
    kind = models.CharField(_("slag"), max_length=16, choices=KINDS)
    on_call_phone = models.CharField(
        _("jourtelefon"),
        max_length=40,
        blank=True,
        help_text=_("Svarar dygnet runt."),
    )

    class Meta:
        verbose_name = _("vårdgivare eller omsorgsgivare")
        verbose_name_plural = _("vårdgivare och omsorgsgivare")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def as_value(self) -> terms.Provider:
        return terms.Provider(self.hsa_id, self.name, CareKind(self.kind), self.on_call_phone)


class CareUnit(models.Model):
    """A unit of a provider: where staff have their assignments and records their home."""

    hsa_id = models.CharField("HSA-id", max_length=32, primary_key=True)
    name = models.CharField(_("namn"), max_length=120)
    provider = models.ForeignKey(
        CareProvider, models.PROTECT, related_name="units", verbose_name=_("tillhör")
    )
    phone = models.CharField(_("telefon"), max_length=40, blank=True)
    on_call_phone = models.CharField(_("jourtelefon"), max_length=40, blank=True)
    consent_raised_at = models.CharField(
        _("samtycke väcks när"),
        max_length=12,
        blank=True,
        choices=RAISED_AT,
        help_text=_("Den som blir patient eller brukare här ska få frågan om samtycke."),
    )

    class Meta:
        verbose_name = _("enhet")
        verbose_name_plural = _("enheter")
        ordering = ("provider__name", "name")

    def __str__(self) -> str:
        return f"{self.name}, {self.provider.name}"

    def as_value(self) -> terms.Unit:
        return terms.Unit(self.hsa_id, self.name, self.provider.as_value())


class UnitGroup(models.Model):
    """A named group of one provider's units (day, night, on-call, rehab): consent for all in one act."""

    name = models.CharField(_("namn"), max_length=80)
    provider = models.ForeignKey(
        CareProvider, models.PROTECT, related_name="groups", verbose_name=_("tillhör")
    )
    units = models.ManyToManyField(CareUnit, related_name="groups", verbose_name=_("enheter"))
    is_active = models.BooleanField(_("används"), default=True)

    class Meta:
        verbose_name = _("grupp av enheter")
        verbose_name_plural = _("grupper av enheter")
        ordering = ("provider__name", "name")
        constraints = [models.UniqueConstraint(fields=["provider", "name"], name="one_group_of_a_name")]

    def __str__(self) -> str:
        return f"{self.name}, {self.provider.name}"
