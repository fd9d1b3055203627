"""The access log's table, as Django sees it: for reading only. ``write`` inserts, nothing changes or removes.

On PostgreSQL the table is partitioned by month of ``at`` and its key is (seq, at); triggers refuse update,
delete and truncate on both databases. No foreign key leads from here: the log outlives what it names.
"""

import base64
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.accesslog.columns import LoggedJSON
from consent.accesslog.keys import open_patient
from consent.terms import PersonId


class LogKey(models.Model):
    """The data key and hash key of one month of the log, wrapped by the master key."""

    period = models.CharField(max_length=7, primary_key=True)
    data_key = models.BinaryField()
    hash_key = models.BinaryField()

    class Meta:
        managed = False
        verbose_name = _("loggnyckel")
        verbose_name_plural = _("loggnycklar")

    def __str__(self) -> str:
        return self.period


class LogCheckpoint(models.Model):
    """One sealed batch of the log: the signed text and its signature. Nothing changes or removes it."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(_("tid"))
    body = models.TextField()
    signature = models.BinaryField()

    class Meta:
        managed = False
        verbose_name = _("kontrollpunkt")
        verbose_name_plural = _("kontrollpunkter")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(self.number)

    def save(self, *_args: Any, **_options: Any) -> NoReturn:
        raise TypeError("checkpoints are made by consent.accesslog.sealing")

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        raise TypeError("checkpoints are never deleted")


class LogDelivery(models.Model):
    """How far one second place has got, and what is wrong with it now. Evidence of nothing: may change."""

    sink = models.CharField(max_length=16, primary_key=True)
    number = models.BigIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=120, blank=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("loggleverans")
        verbose_name_plural = _("loggleveranser")

    def __str__(self) -> str:
        return self.sink


class AccessEvent(models.Model):
    """One thing done with data on a patient: HSLF-FS 2016:40 ch. 4, PDL 4:3, SVOD 4:4.

    origins: [[provider, unit, kind, count], …]; outcomes: source → what came; detail: facts of the act.
    No clinical content.
    """

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("tid"))
    event_id = models.UUIDField()
    view_id = models.UUIDField(null=True)
    event = models.CharField(_("händelse"), max_length=24)
    action = models.CharField(_("vy"), max_length=16, blank=True)
    activity = models.CharField(_("aktivitet"), max_length=16, blank=True)
    user_hsa_id = models.CharField(_("användare"), max_length=32)
    assignment_id = models.CharField(_("uppdrag"), max_length=64, blank=True)
    unit_id = models.CharField(_("enhet"), max_length=32, blank=True)
    unit_name = models.CharField(_("enhetens namn"), max_length=120, blank=True)
    provider_id = models.CharField(_("vårdgivare"), max_length=32, blank=True)
    actor_kind = models.CharField(_("slag"), max_length=16, blank=True)
    purpose = models.CharField(_("ändamål"), max_length=16, blank=True)
    patient_sealed = models.BinaryField(null=True)
    patient_key = models.BinaryField(null=True)
    key_period = models.CharField(max_length=7, blank=True)
    kinds = LoggedJSON(_("uppgifter"), default=list)
    origins = LoggedJSON(_("ursprung"), default=list)
    outcomes = LoggedJSON(_("källor"), default=dict)
    bases = LoggedJSON(_("grund"), default=list)
    detail = LoggedJSON(_("detaljer"), default=dict)
    reason = models.CharField(_("skäl"), max_length=300, blank=True)
    session_id = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.CharField(max_length=45, blank=True)

    class Meta:
        # Like the keys: made by a migration, and out of reach for whatever empties tables wholesale.
        managed = False
        verbose_name = _("loggpost")
        verbose_name_plural = _("åtkomstlogg")
        ordering = ("-seq",)

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H.%M.%S}" if self.at else self.event

    def save(self, *_args: Any, **_options: Any) -> NoReturn:
        raise TypeError("the access log is written through consent.accesslog.write")

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        raise TypeError("the access log is never deleted from")

    def patient(self) -> PersonId | None:
        """Whom it was about; opened with the month's key."""
        if self.patient_sealed is None:
            return None
        return open_patient(bytes(self.patient_sealed), self.key_period, str(self.event_id))

    def patient_aliases(self) -> tuple[PersonId, ...]:
        """The patient's other numbers that the view went by."""
        sealed = [base64.b64decode(body) for _, body in self.detail.get("other_ids", ())]
        return tuple(open_patient(body, self.key_period, str(self.event_id)) for body in sealed)
