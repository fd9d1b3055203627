"""Users and their assignments (medarbetaruppdrag), and the files that they are read from.

The access log names users by HSA-id, never by key.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent.encryption import EncryptedTextField
from consent.models import CareUnit
from consent.terms import Actor
from consent.vocabulary import Purpose, Right
from portal.accounts.sessions import SessionStore


class User(AbstractUser):
    """Somebody who signs in. ``hsa_id`` is the employee's, up to 32 characters."""

    hsa_id = models.CharField("HSA-id", max_length=32, unique=True, null=True, blank=True)
    title = models.CharField(_("befattning"), max_length=80, blank=True)
    # Keyed hashes alone, for the review of who looks at whom: the number and address are kept nowhere.
    person_lookup = models.BinaryField(max_length=32, null=True, blank=True, editable=False)
    address_lookup = models.BinaryField(max_length=32, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("användare")
        verbose_name_plural = _("användare")
        permissions = [("view_figures", "Kan se nyckeltal")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def is_independent_of(self, other: "User") -> bool:
        """Whether two accounts are two people, as far as accounts can tell: the one rule of every approval
        by a second person.

        Not if they are one account, or two of one person; nor if anybody can have had a hand in both. Who
        has made an account, given it rights or set its password may act through it (``Dependence``), and so
        may whoever stands behind her in turn.
        """
        lookups = [bytes(user.person_lookup) for user in (self, other) if user.person_lookup]
        is_same_person = len(lookups) == 2 and lookups[0] == lookups[1]
        return not is_same_person and not (_hands_in(self) & _hands_in(other))


class Dependence(models.Model):
    """Somebody who has had a hand in an account. Kept until the operator lets the account stand alone
    (``manage.py stands_alone``); accounts made by the installation have none."""

    MADE, RIGHTS, PASSWORD = "made", "rights", "password"
    SORTS = (
        (MADE, _("har lagt upp kontot")),
        (RIGHTS, _("har ändrat kontots behörighet eller vem det är")),
        (PASSWORD, _("har satt kontots lösenord")),
    )

    account = models.ForeignKey(User, models.CASCADE, related_name="dependences")
    on = models.ForeignKey(User, models.PROTECT, related_name="+")
    sort = models.CharField(max_length=10, choices=SORTS)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "on", "sort"], name="one_dependence_of_each_sort")
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_sort_display()}: {self.account}"


def note_dependence(accounts: Iterable[models.Model], on: Any, sort: str) -> None:
    """Remember who had a hand in these accounts; on oneself nobody depends."""
    rows = [Dependence(account_id=one.pk, on=on, sort=sort) for one in accounts if one.pk != on.pk]
    Dependence.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _hands_in(user: User) -> frozenset[Any]:
    """The account itself, and everybody who can have acted through it, however many steps away."""
    found, edge = {user.pk}, {user.pk}
    while edge:
        behind = Dependence.objects.filter(account_id__in=edge).values_list("on_id", flat=True)
        edge = set(behind) - found
        found |= edge
    return frozenset(found)


class Assignment(models.Model):
    """What a user works with where: unit and purpose. Reading starts from exactly one of them."""

    PURPOSES = (
        (Purpose.CARE.value, _("Vård och behandling")),
        (Purpose.CERTIFICATE.value, _("Intyg")),
        (Purpose.QUALITY.value, _("Kvalitetssäkring")),
        (Purpose.ADMINISTRATION.value, _("Administration")),
        (Purpose.RESEARCH.value, _("Forskning")),
    )

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments", verbose_name=_("användare"))
    unit = models.ForeignKey(CareUnit, models.PROTECT, related_name="assignments", verbose_name=_("enhet"))
    purpose = models.CharField(_("ändamål"), max_length=16, choices=PURPOSES, default=Purpose.CARE.value)
    is_active = models.BooleanField(_("aktivt"), default=True)
    valid_from = models.DateField(_("gäller från"), null=True, blank=True)
    valid_until = models.DateField(_("gäller till och med"), null=True, blank=True)
    may_lift_blocks = models.BooleanField(_("får häva spärrar"), default=False)
    may_administer_consents = models.BooleanField(_("får administrera samtycken"), default=False)
    may_review_log = models.BooleanField(_("får granska loggen"), default=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    from_idp = models.CharField(
        _("från inloggningstjänst"),
        max_length=40,
        blank=True,
        default="",
        editable=False,
        help_text=_("Ersätts vid varje inloggning. Tomt: sköts här."),
    )

    class Meta:
        verbose_name = _("uppdrag")
        verbose_name_plural = _("uppdrag")
        ordering = ("unit__provider__name", "unit__name")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "purpose"], name="one_assignment_per_unit_and_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.get_purpose_display()}"

    def as_actor(self) -> Actor:
        return Actor(
            user_id=self.user_id,
            hsa_id=self.user.hsa_id or "",
            name=str(self.user),
            title=self.user.title,
            assignment_id=str(self.pk),
            unit=self.unit.as_value(),
            purpose=Purpose(self.purpose),
            rights=self.rights,
        )

    @property
    def rights(self) -> frozenset[Right]:
        """What the assignment gives beyond reading."""
        given = {
            Right.LIFT_BLOCKS: self.may_lift_blocks,
            Right.ADMINISTER_CONSENTS: self.may_administer_consents,
            Right.REVIEW_LOG: self.may_review_log,
        }
        return frozenset(right for right, is_given in given.items() if is_given)


class PortalSession(AbstractBaseSession):
    """A session (portal.accounts.sessions), with what is needed to list and end it. ``public_id`` names it
    where its key must not be seen; ``idp``, ``subject`` and ``idp_session`` are the identity provider's."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    # Not unique: rotation makes the new row before it takes the old one away.
    public_id = models.UUIDField(null=True, db_index=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=80, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")
    idp = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(max_length=200, blank=True, default="")
    idp_session = models.CharField(max_length=200, blank=True, default="", db_index=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessioner")

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


class HandedOver(models.Model):
    """What one request leaves for the next (portal.accounts.once). ``digest``: keyed, of the secret that
    finds it; ``content``: JSON, encrypted, for it may name people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sort = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    content = EncryptedTextField(editable=False)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("överlämnat")
        verbose_name_plural = _("överlämnat")

    def __str__(self) -> str:
        return f"{self.sort} {str(self.id)[:8]}"


class Spent(models.Model):
    """A word that counts once, as a keyed digest, until its own end."""

    digest = models.BinaryField(max_length=32, unique=True)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("förbrukat")
        verbose_name_plural = _("förbrukat")

    def __str__(self) -> str:
        return str(self.pk)


class ImportFile(models.Model):
    """A CSV file of units, users or assignments: first judged row by row, then read in with a reason, or not.

    ``content`` is kept until then, ``report`` afterwards: what became of each row. Both name people, so they
    are encrypted.
    """

    SORTS = (("units", _("Enheter")), ("users", _("Användare")), ("assignments", _("Uppdrag")))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sort = models.CharField(_("innehåll"), max_length=12, choices=SORTS)
    name = models.CharField(_("filens namn"), max_length=120)
    content = EncryptedTextField(null=True, blank=True, editable=False)
    report = EncryptedTextField(null=True, blank=True, editable=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("uppladdad av"))
    uploaded_at = models.DateTimeField(_("uppladdad"), db_default=Now())
    applied_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inläst av")
    )
    applied_at = models.DateTimeField(_("inläst"), null=True, blank=True)
    reason = models.CharField(_("skäl"), max_length=300, blank=True)
    new_count = models.PositiveIntegerField(_("nya"), default=0)
    changed_count = models.PositiveIntegerField(_("ändrade"), default=0)
    unchanged_count = models.PositiveIntegerField(_("oförändrade"), default=0)
    faulty_count = models.PositiveIntegerField(_("fel"), default=0)

    class Meta:
        verbose_name = _("inläsning från fil")
        verbose_name_plural = _("inläsningar från fil")
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return f"{self.get_sort_display()}: {self.name}"
