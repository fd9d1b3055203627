"""The contact directory: how units are reached, kept by hand where no source has it. Not about patients."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import CareUnit

PHONE = RegexValidator(
    r"^\+?[0-9][0-9 \-]{4,38}$", _("Skriv numret med siffror, mellanslag och bindestreck.")
)


class DirectoryEntry(models.Model):
    """One way to reach a unit: its telephone, its on-call number, or who stands in for its PAL."""

    UNIT, ON_CALL, STAND_IN, OTHER = "unit", "on_call", "stand_in", "other"
    ROLES = (
        (UNIT, _("Enhetens telefon")),
        (ON_CALL, _("Jour")),
        (STAND_IN, _("Ersättare för PAL")),
        (OTHER, _("Annan kontakt")),
    )

    unit = models.ForeignKey(
        CareUnit, models.PROTECT, related_name="directory_entries", verbose_name=_("enhet")
    )
    role = models.CharField(_("slag"), max_length=10, choices=ROLES)
    name = models.CharField(
        _("namn"), max_length=120, blank=True, help_text=_("Vem eller vad som svarar. Tomt: enhetens namn.")
    )
    phone = models.CharField(_("telefon"), max_length=40, validators=[PHONE])
    hours = models.CharField(
        _("tider"), max_length=120, blank=True, help_text=_("Till exempel: vardagar 8–17")
    )
    verified_on = models.DateField(
        _("kontrollerad"), help_text=_("Den dag någon ringde numret eller frågade enheten.")
    )

    class Meta:
        verbose_name = _("uppgift i kontaktkatalogen")
        verbose_name_plural = _("kontaktkatalogen")
        ordering = ("unit__name", "role", "name")

    def __str__(self) -> str:
        return f"{self.unit}: {self.get_role_display()}"

    def clean(self) -> None:
        if self.verified_on and self.verified_on > timezone.localdate():
            raise ValidationError({"verified_on": _("Dagen har inte varit än.")})
        if self.role == self.STAND_IN and not self.name:
            raise ValidationError({"name": _("Ange vem som är ersättare.")})
