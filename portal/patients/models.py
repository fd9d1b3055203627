"""The way back to a patient after a session has ended by itself."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consent.encryption import EncryptedTextField


class ReturnTicket(models.Model):
    """One opened patient of one session. ``handle`` is a keyed digest of the link, ``person`` her number and
    its sort, encrypted. ``session_key`` names the session's row: its end is the ticket's beginning."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.BinaryField(max_length=32, unique=True)
    person = EncryptedTextField(editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    assignment_id = models.CharField(max_length=64)
    session_key = models.CharField(max_length=40, db_index=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("återkomstbiljett")
        verbose_name_plural = _("återkomstbiljetter")

    def __str__(self) -> str:
        return str(self.id)[:8]
