"""Consent, refusal, the consent to a SIP, and the information that goes before them."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent.models.acts import RecordedAct
from consent.models.organisations import RAISED_AT
from consent.vocabulary import ConsentForm


class InformationText(models.Model):
    """What patients are told before they are asked (SVOD 2:2). A version in use never changes.

    ``language``: BCP 47, such as ``sv`` or ``ti``.
    """

    language = models.CharField(_("språk"), max_length=12)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("rubrik"), max_length=120)
    body = models.TextField(_("text"))
    is_current = models.BooleanField(_("används"), default=True)
    recorded_at = models.DateTimeField(_("registrerat"), db_default=Now())

    class Meta:
        verbose_name = _("informationstext")
        verbose_name_plural = _("informationstexter")
        ordering = ("language", "-version")
        constraints = [
            models.UniqueConstraint(fields=["language", "version"], name="one_text_per_language_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language}, {self.version})"


class Consent(RecordedAct):
    """Samtycke to reading others' data, for units of one provider or for one person there (SVOD 3:1, 3:2).

    ``information``: the text that the patient was given before (SVOD 2:2). ``reconfirms``: an older consent,
    from before a restore, that the patient stands by.
    """

    FORMS = (
        (ConsentForm.ORAL.value, _("Muntligt")),
        (ConsentForm.WRITTEN.value, _("Skriftligt")),
        (ConsentForm.DIGITAL.value, _("Digitalt")),
    )

    unit_ids = models.JSONField(_("enheter"), default=list)
    group_name = models.CharField(_("grupp av enheter"), max_length=80, blank=True)
    raised_at = models.CharField(_("väcktes när"), max_length=12, blank=True, choices=RAISED_AT)
    form = models.CharField(_("form"), max_length=8, choices=FORMS, default=ConsentForm.ORAL.value)
    through_interpreter = models.BooleanField(_("via tolk"), default=False)
    information = models.ForeignKey(
        InformationText,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("information"),
    )
    reconfirms = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bekräftar")
    )

    class Meta(RecordedAct.Meta):
        verbose_name = _("samtycke")
        verbose_name_plural = _("samtycken")
        indexes = [models.Index(fields=["dossier", "-recorded_at"])]


class ConsentRefusal(RecordedAct):
    """The patient said no, at one unit. Never hides the own provider's data."""

    class Meta(RecordedAct.Meta):
        verbose_name = _("nekat samtycke")
        verbose_name_plural = _("nekade samtycken")


class SipConsent(RecordedAct):
    """Samtycke to drawing up a SIP (2017:612 4:2): another thing than consent to reading; opens nothing."""

    class Meta(RecordedAct.Meta):
        verbose_name = _("samtycke till SIP")
        verbose_name_plural = _("samtycken till SIP")
