"""Client systems: who they are, what they prove themselves with, and what they have been given for a while.

Of tokens and secrets only a hash is kept. Nothing here names a patient.
"""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent.models import CareProvider
from portal.api.scopes import Scope

DIGEST_BYTES = 32


class Approved(models.Model):
    """Made by one administrator, worth nothing before another has approved it."""

    made_at = models.DateTimeField(_("skapad"), db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("skapad av"),
        editable=False,
    )
    approved_at = models.DateTimeField(_("godkänd"), null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("godkänd av"),
        editable=False,
    )
    revoked_at = models.DateTimeField(_("återkallad"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_in_force(self) -> bool:
        return self.approved_at is not None and self.revoked_at is None

    @property
    def is_waiting(self) -> bool:
        return self.approved_at is None and self.revoked_at is None

    def may_be_approved_by(self, user: Any) -> bool:
        """By the one rule for what two people must do (User.is_independent_of)."""
        return self.is_waiting and (self.made_by is None or bool(user.is_independent_of(self.made_by)))


class Client(Approved):
    """A system that asks on behalf of its users. It acts for staff of its owner alone.

    What was approved is never changed afterwards: who wants more is registered anew, and approved anew.
    ``idp``: the identity provider by which the system's users sign in; an assignment that this one gave
    counts when the system vouches for its user, one that another gave does not.
    """

    id = models.CharField("client_id", primary_key=True, max_length=40, editable=False)
    name = models.CharField(_("namn"), max_length=80)
    owner = models.ForeignKey(
        CareProvider,
        models.PROTECT,
        related_name="api_clients",
        verbose_name=_("vårdgivare eller omsorgsgivare"),
        help_text=_("Systemet får bara fråga för personal med uppdrag hos den."),
    )
    purpose = models.CharField(
        _("ändamål"), max_length=300, help_text=_("Vad systemet behöver uppgifterna till.")
    )
    contact = models.CharField(
        _("kontakt"), max_length=200, help_text=_("Vem vi når hos leverantören när något är fel.")
    )
    scopes = models.JSONField(_("får"), default=list)
    per_minute = models.PositiveIntegerField(
        _("anrop per minut"), default=600, validators=[MinValueValidator(1), MaxValueValidator(60_000)]
    )
    idp = models.CharField(
        _("inloggningstjänst"),
        max_length=40,
        blank=True,
        help_text=_("Den som systemets användare loggar in med, om uppdragen kommer därifrån."),
    )

    class Meta:
        verbose_name = _("klientsystem")
        verbose_name_plural = _("klientsystem")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def granted(self) -> frozenset[Scope]:
        return frozenset(Scope(word) for word in self.scopes if word in set(Scope))


class ClientKey(Approved):
    """What a client proves itself with: a public key of its own (``jwk``), or a secret of which only the
    digest is kept. A client may have several, so that one can take over from another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="keys", verbose_name=_("klientsystem"))
    label = models.CharField(
        _("benämning"), max_length=80, help_text=_("Vem som har den, eller var den används.")
    )
    jwk = models.JSONField(_("publik nyckel"), null=True, blank=True, editable=False)
    digest = models.BinaryField(max_length=DIGEST_BYTES, null=True, editable=False)

    class Meta:
        verbose_name = _("klientnyckel")
        verbose_name_plural = _("klientnycklar")
        ordering = ("client__name", "-made_at")

    def __str__(self) -> str:
        return f"{self.client}: {self.label}"


class AccessToken(models.Model):
    """A bearer token: a digest, whose, what it may ask for, and until when."""

    digest = models.BinaryField(max_length=DIGEST_BYTES, unique=True)
    client = models.ForeignKey(Client, models.CASCADE, related_name="tokens")
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class SpentAssertion(models.Model):
    """That a signed assertion has been used, for as long as it could be used again."""

    digest = models.BinaryField(max_length=DIGEST_BYTES, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
