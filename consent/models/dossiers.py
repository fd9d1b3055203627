"""The row that one patient's acts hang on, her other numbers, and the epochs of the record."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent import terms
from consent.encryption import EncryptedTextField
from consent.vocabulary import IdType


class Dossier(models.Model):
    """One row per patient, made at the first ask. ``version`` rises with every act that bears on access.

    ``lookup`` is a keyed hash of the number; the number itself is encrypted.
    Another number of the same person has a row of its own whose ``main`` is the one that counts, approved by
    the register or by somebody who checked (``linked_by``): what is recorded under either holds for both,
    also while the register cannot be asked. ``is_linked``: such rows lead here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lookup = models.BinaryField(max_length=32, unique=True, editable=False)
    number = EncryptedTextField(editable=False)
    number_type = models.CharField(max_length=20, choices=[(t.value, t.value) for t in IdType])
    version = models.PositiveBigIntegerField(default=1)
    is_linked = models.BooleanField(default=False)
    main = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="others")
    linked_by = models.CharField(_("länkat av"), max_length=32, blank=True)
    linked_at = models.DateTimeField(_("länkat"), null=True, blank=True)
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("patientakt")
        verbose_name_plural = _("patientakter")

    def __str__(self) -> str:
        return str(self.id)[:8]

    def as_person(self) -> terms.PersonId:
        return terms.PersonId(self.number, IdType(self.number_type))


class LogEpoch(models.Model):
    """A stretch of time in which the record is whole. A restored backup begins a new one.

    Until what was taken back since the backup is replayed (``replayed_at``), nothing recorded before
    ``started_at`` opens anything.
    """

    number = models.PositiveIntegerField(_("nummer"), primary_key=True)
    started_at = models.DateTimeField(_("började"), db_default=Now())
    started_by = models.CharField(_("startad av"), max_length=32, blank=True)
    reason = models.CharField(_("skäl"), max_length=300, blank=True)
    replayed_at = models.DateTimeField(_("återläst"), null=True, blank=True)

    class Meta:
        verbose_name = _("epok")
        verbose_name_plural = _("epoker")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(self.number)
