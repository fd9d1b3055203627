"""What a source delivered by itself: the one clinical store. Encrypted, owned by its source, with retention.

A patient is found by a keyed digest, and so is a record's own id: neither stands here in clear.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from connectors.models import PendingChange, Source
from consent.encryption import EncryptedTextField

DIGEST_BYTES = 32


class Reception(models.Model):
    """What is known of one source's deliveries, without content. Locked while one of them is taken in.

    ``complete_at``: when the source last said that it had delivered everything it holds.
    """

    source = models.OneToOneField(
        Source, models.CASCADE, primary_key=True, related_name="reception", verbose_name=_("källa")
    )
    received_at = models.DateTimeField(_("senaste leverans"), null=True, blank=True)
    complete_at = models.DateTimeField(_("senaste fullständiga leverans"), null=True, blank=True)
    accepted = models.BigIntegerField(_("mottagna"), default=0)
    replaced = models.BigIntegerField(_("ersatta"), default=0)
    unchanged = models.BigIntegerField(_("oförändrade"), default=0)
    withdrawn = models.BigIntegerField(_("tillbakadragna"), default=0)
    refused = models.BigIntegerField(_("avvisade"), default=0)
    outside = models.BigIntegerField(_("utanför lagen, inte sparade"), default=0)

    class Meta:
        verbose_name = _("mottagning")
        verbose_name_plural = _("mottagning av leveranser")
        ordering = ("source__label",)

    def __str__(self) -> str:
        return self.source.label


class HeldRecord(models.Model):
    """One record of one source. Without content it only remembers: that it was withdrawn, or that it ran out
    of time while it still held, so that what is gone is never taken for nothing."""

    HELD, WITHDRAWN, RUN_OUT = "held", "withdrawn", "run_out"
    STATES = ((HELD, _("finns")), (WITHDRAWN, _("tillbakadragen")), (RUN_OUT, _("gallrad")))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.CASCADE, related_name="held_records")
    key = models.BinaryField(max_length=DIGEST_BYTES)
    patient = models.BinaryField(max_length=DIGEST_BYTES)
    type = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=STATES, default=HELD)
    is_past = models.BooleanField(default=False)
    updated = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    content = EncryptedTextField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="one_held_record_per_source_and_key")
        ]
        indexes = [
            models.Index(fields=["source", "patient"], name="held_of_patient"),
            models.Index(fields=["source", "confirmed_at"], name="held_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RefusedRecord(models.Model):
    """A hole in what a source delivered: a record that was refused and has not come again since.

    ``patient`` is None where nobody could tell whom it was about: then it may be anybody.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="refused_records")
    key = models.BinaryField(max_length=DIGEST_BYTES)
    patient = models.BinaryField(max_length=DIGEST_BYTES, null=True)
    type = models.CharField(max_length=20, blank=True)
    updated = models.DateTimeField(null=True)
    refused_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="one_refused_record_per_source_and_key")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Token(models.Model):
    """What a source proves itself with. Only a hash of it is kept; it is shown once, when it is made.

    It opens nothing before another administrator than its maker has approved it: the key by itself, or the
    ``request`` for a new source that it was made with. A source may have several, so that one can take over
    from another.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.CASCADE, related_name="tokens", verbose_name=_("källa"))
    label = models.CharField(
        _("benämning"), max_length=80, help_text=_("Vem som har den, eller var den används.")
    )
    name = models.CharField(_("början"), max_length=12, unique=True, editable=False)
    digest = models.BinaryField(max_length=DIGEST_BYTES, editable=False)
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
    request = models.ForeignKey(
        PendingChange,
        models.PROTECT,
        null=True,
        related_name="keys",
        verbose_name=_("hör till ansökan"),
        editable=False,
    )
    revoked_at = models.DateTimeField(_("återkallad"), null=True, editable=False)
    used_at = models.DateTimeField(_("senast använd"), null=True, editable=False)

    class Meta:
        verbose_name = _("leveransnyckel")
        verbose_name_plural = _("leveransnycklar")
        ordering = ("source__label", "-made_at")

    def __str__(self) -> str:
        return f"{self.source}: {self.label}"

    @property
    def beginning(self) -> str:
        """What tells keys apart, and opens nothing."""
        return f"pof_{self.name}_…"

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None or self._state_of_request() == PendingChange.APPROVED

    @property
    def is_waiting(self) -> bool:
        """Whether somebody may still approve it."""
        stands = self.request_id is None or self._state_of_request() == PendingChange.WAITING
        return self.revoked_at is None and not self.is_approved and stands

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and self.is_approved

    def _state_of_request(self) -> str:
        return self.request.state if self.request else ""


class DeliveredFile(models.Model):
    """A file that was read and judged, and waits to be confirmed. Its records are kept for a day at most."""

    UPSERT, SNAPSHOT = "upsert", "snapshot"
    MODES = (
        (UPSERT, _("Lägg till och ersätt. Det som inte står i filen ligger kvar.")),
        (SNAPSHOT, _("Filen är allt. Det som inte står i filen tas bort.")),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(
        Source, models.CASCADE, related_name="delivered_files", verbose_name=_("källa")
    )
    mode = models.CharField(_("filen"), max_length=10, choices=MODES, default=UPSERT)
    is_complete = models.BooleanField(
        _("fullständig"),
        default=False,
        help_text=_("Källan har med den här filen lämnat allt den har. En fil som är allt är alltid det."),
    )
    name = models.CharField(_("filnamn"), max_length=120, editable=False)
    content = EncryptedTextField(null=True, blank=True, editable=False)
    uploaded_at = models.DateTimeField(_("uppladdad"), db_default=Now(), editable=False)
    uploaded_by = models.CharField(_("uppladdad av"), max_length=120, blank=True, editable=False)
    applied_at = models.DateTimeField(_("inläst"), null=True, editable=False)
    counts = models.JSONField(_("utfall"), default=dict, editable=False)

    class Meta:
        verbose_name = _("fil från källa")
        verbose_name_plural = _("filer från källor")
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """A signed word that something about somebody changed. Of a source that delivers and can be asked, it
    leads to a question; whom it was about is forgotten when that is answered.

    ``signature``: a digest of it, so that the same notice is never taken twice.
    """

    DONE, WAITING, GIVEN_UP = "done", "waiting", "given_up"
    STATES = ((DONE, _("klar")), (WAITING, _("väntar")), (GIVEN_UP, _("uppgiven")))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.CASCADE, related_name="notices")
    signature = models.BinaryField(max_length=DIGEST_BYTES)
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=STATES, default=DONE)
    patient = models.BinaryField(max_length=DIGEST_BYTES, null=True)
    person = EncryptedTextField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "signature"], name="no_notice_is_taken_twice")
        ]
        indexes = [models.Index(fields=["source", "patient"], name="notice_of_patient")]

    def __str__(self) -> str:
        return str(self.pk)
