"""What waits to be sent to the national log, and how the service there has answered.

Each row names a row of the access log by its id. No patient, no user, no word of an answer.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Receiver(models.Model):
    """The one service there is. ``taken``: the last checkpoint whose rows were taken to be sent.

    leased_until: nobody else sends before then. at_once: how many go in a call for now; fewer where the
    service answers that it could not. accepted_at: when it last kept something.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    taken = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    at_once = models.PositiveSmallIntegerField(default=1)
    failures = models.PositiveIntegerField(_("misslyckade försök i rad"), default=0)
    fault = models.CharField(_("felets slag"), max_length=40, blank=True)
    failed_at = models.DateTimeField(_("senaste fel"), null=True)
    next_at = models.DateTimeField(_("nästa försök"), null=True)
    accepted_at = models.DateTimeField(_("senast mottaget"), null=True)

    class Meta:
        verbose_name = _("nationella loggtjänsten")
        verbose_name_plural = _("nationella loggtjänsten")

    def __str__(self) -> str:
        return str(_("Nationella loggtjänsten"))


class Outgoing(models.Model):
    """One row of the log on its way.

    doubt: the call that nobody knows the end of; its rows go together again until it is known. KNOWN: refused
    after such a call as only what is already there is refused.
    """

    WAITING, ACKNOWLEDGED, KNOWN, ASIDE = "waiting", "acknowledged", "known", "aside"
    STATES = (
        (WAITING, _("väntar")),
        (ACKNOWLEDGED, _("kvitterad")),
        (KNOWN, _("fanns redan")),
        (ASIDE, _("lagd åt sidan")),
    )
    INVALID, REPORTED, INCOMPLETE, KEY_LOST = "invalid", "reported", "incomplete", "key_lost"
    REASONS = (
        ("", ""),
        (INVALID, _("Tjänsten godtar inte posten.")),
        (REPORTED, _("Tjänsten kan inte ta emot posten, men väl andra.")),
        (INCOMPLETE, _("Posten saknar något som tjänsten kräver.")),
        (KEY_LOST, _("Månadens nyckel saknas: vem posten handlar om går inte att läsa.")),
    )

    event_id = models.UUIDField(_("loggpost"), primary_key=True)
    seq = models.BigIntegerField(_("nummer"), unique=True)
    at = models.DateTimeField(_("tid"))
    state = models.CharField(_("läge"), max_length=12, choices=STATES, default=WAITING)
    reason = models.CharField(_("skäl"), max_length=12, choices=REASONS, blank=True)
    attempts = models.PositiveIntegerField(_("försök"), default=0)
    doubt = models.UUIDField(null=True)
    refused_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("avgjord"), null=True)

    class Meta:
        verbose_name = _("post till nationella loggen")
        verbose_name_plural = _("poster till nationella loggen")
        ordering = ("-seq",)
        indexes = [models.Index(fields=["state", "seq"]), models.Index(fields=["doubt"])]

    def __str__(self) -> str:
        return str(self.event_id)
