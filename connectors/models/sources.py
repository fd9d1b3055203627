"""A Source: one configured, owned, named installation of a connector. And who is expected to deliver what."""

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.base.contract import ErrorContact, Manifest, SourceProfile
from connectors.base.registry import connector_classes
from connectors.labels import KIND_LABELS
from consent.encryption import EncryptedTextField
from consent.models import CareProvider, CareUnit
from consent.terms import Provider
from consent.vocabulary import Kind

MAX_DEADLINE_S = 10.0


class Source(models.Model):
    """One system the overview asks. Secrets are encrypted apart from the other settings."""

    slug = models.SlugField(_("kortnamn"), max_length=40, primary_key=True)
    label = models.CharField(_("namn"), max_length=80, help_text=_("Så som läsaren ser källan."))
    connector = models.CharField(_("koppling"), max_length=40)
    base_url = models.CharField(
        _("adress"), max_length=300, validators=[URLValidator(schemes=["http", "https"])], blank=True
    )
    owner = models.ForeignKey(
        CareProvider,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("informationsägare"),
        help_text=_("Gäller där en uppgift inte själv anger ägare. Samlande källor har ingen."),
    )
    default_unit = models.ForeignKey(
        CareUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("förvald enhet"),
        help_text=_("Gäller där en uppgift inte själv anger enhet; visas som ”enhet ej angiven”."),
    )
    enabled = models.BooleanField(
        _("i drift"),
        default=True,
        help_text=_("Källans uppgifter visas för läsare: den frågas, eller har själv lämnat dem."),
    )
    kinds = models.JSONField(
        _("uppgifter"), default=list, blank=True, help_text=_("Inget valt: allt kopplingen kan lämna.")
    )
    settings = models.JSONField(_("inställningar"), default=dict, blank=True)
    secrets = EncryptedTextField(_("hemligheter"), null=True, blank=True, editable=False)
    deadline_s = models.FloatField(
        _("väntetid i sekunder"),
        null=True,
        blank=True,
        help_text=_("Tomt: kopplingens egen."),
        validators=[MinValueValidator(0.1), MaxValueValidator(MAX_DEADLINE_S)],
    )
    phone = models.CharField(_("telefon när källan inte svarar"), max_length=40, blank=True)
    downtime = models.CharField(
        _("om avbrott"), max_length=200, blank=True, help_text=_("Visas vid källan när den inte svarar.")
    )
    downtime_from = models.DateTimeField(_("planerat avbrott från"), null=True, blank=True)
    downtime_until = models.DateTimeField(
        _("planerat avbrott till"),
        null=True,
        blank=True,
        help_text=_("Läsaren ser ”Planerat avbrott till …” vid källan under tiden."),
    )

    error_phone = models.CharField(_("telefon för fel uppgift"), max_length=40, blank=True)
    error_email = models.EmailField(_("e-post för fel uppgift"), blank=True)
    error_routine = models.CharField(
        _("ägarens rutin"),
        max_length=300,
        blank=True,
        help_text=_("Hur en fel uppgift anmäls: adress, formulär eller vem man vänder sig till."),
    )

    class Meta:
        verbose_name = _("källa")
        verbose_name_plural = _("källor")
        ordering = ("label",)

    def __str__(self) -> str:
        return self.label

    @property
    def manifest(self) -> Manifest | None:
        """None where the connector is not installed (any more)."""
        connector_class = connector_classes().get(self.connector)
        return None if connector_class is None else connector_class.manifest

    @property
    def offered_kinds(self) -> frozenset[Kind]:
        """What the connector can deliver with these settings."""
        connector_class = connector_classes().get(self.connector)
        return frozenset() if connector_class is None else connector_class.kinds_of(self.settings)

    def clean(self) -> None:
        manifest = self.manifest
        if manifest is None:
            raise ValidationError(_("Kopplingen finns inte."))
        errors: dict[str, Any] = {}
        if manifest.is_aggregating and self.owner_id:
            errors["owner"] = _("En samlande källa svarar för flera ägare och kan inte ha en egen.")
        if not manifest.is_aggregating and manifest.kinds and not self.owner_id:
            errors["owner"] = _("Ange vem som äger informationen.")
        if self.default_unit_id and (
            self.default_unit is None or self.default_unit.provider_id != self.owner_id
        ):
            errors["default_unit"] = _("Enheten hör inte till informationsägaren.")
        if not isinstance(self.kinds, list) or not set(self.kinds) <= {k.value for k in self.offered_kinds}:
            errors["kinds"] = _("Kopplingen lämnar inte alla dessa uppgifter.")
        if bool(self.downtime_from) is not bool(self.downtime_until):
            errors["downtime_until"] = _("Ange både när avbrottet börjar och när det slutar.")
        elif self.downtime_from and self.downtime_until and self.downtime_until <= self.downtime_from:
            errors["downtime_until"] = _("Avbrottet slutar innan det har börjat.")
        if errors:
            raise ValidationError(errors)

    @property
    def is_turned_down(self) -> bool:
        """Whether it was asked for, never approved, and nobody is asked now."""
        asked = Source.objects.filter(pk=self.pk, changes__is_new=True)
        states = set(asked.values_list("changes__state", flat=True))
        return bool(states) and not states & {"approved", "waiting"}

    def validate_unique(self, exclude: Any = None) -> None:
        """A short name that only a source turned down still has is free (``connectors.reusing``)."""
        if self._state.adding and Source(slug=self.slug).is_turned_down:
            exclude = {*(exclude or ()), "slug"}
        super().validate_unique(exclude=exclude)

    def is_down_as_planned(self, now: datetime) -> bool:
        """Whether a planned stop is going on."""
        since, until = self.downtime_from, self.downtime_until
        return since is not None and until is not None and since <= now < until

    def read_secrets(self) -> dict[str, str]:
        return json.loads(self.secrets) if self.secrets else {}

    def write_secrets(self, secrets: dict[str, str]) -> None:
        """Replace all secrets; they reach the database encrypted when the row is saved."""
        self.secrets = json.dumps(secrets) if secrets else None

    def as_profile(self, providers: dict[str, Provider]) -> SourceProfile:
        """What the connector is given. Kinds are those chosen, or all that the connector has."""
        manifest = self.manifest
        offered = self.offered_kinds
        defaults = {s.name: s.default for s in manifest.settings if s.default} if manifest else {}
        return SourceProfile(
            slug=self.slug,
            label=self.label,
            base_url=self.base_url,
            owner=self.owner.as_value() if self.owner else None,
            default_unit_id=self.default_unit.hsa_id if self.default_unit else "",
            default_unit_name=self.default_unit.name if self.default_unit else "",
            kinds=frozenset(Kind(kind) for kind in self.kinds) & offered if self.kinds else offered,
            settings={**defaults, **self.settings, **self.read_secrets()},
            connector=self.connector,
            deadline_s=self.deadline_s or (manifest.deadline_s if manifest else MAX_DEADLINE_S),
            phone=self.phone,
            downtime=self.downtime,
            planned_downtime=(self.downtime_from, self.downtime_until)
            if self.downtime_from and self.downtime_until
            else None,
            error_contact=ErrorContact(self.error_phone, self.error_email, self.error_routine),
            providers=providers,
        )


class ExpectedDelivery(models.Model):
    """An owner expected to deliver a kind. Only when all of them do may a button say that nothing exists."""

    provider = models.ForeignKey(
        CareProvider, models.CASCADE, related_name="expected_deliveries", verbose_name=_("ägare")
    )
    kind = models.CharField(
        _("slag av uppgift"),
        max_length=20,
        choices=[(kind.value, words) for kind, words in KIND_LABELS.items()],
    )

    class Meta:
        verbose_name = _("förväntad leverans")
        verbose_name_plural = _("förväntade leveranser")
        ordering = ("provider__name", "kind")
        constraints = [
            models.UniqueConstraint(fields=["provider", "kind"], name="one_expectation_per_provider_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.get_kind_display()}"
