"""The work that is done again and again, and when each job last was."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourcePace(models.Model):
    """How many answers of a source came within how long, in one hour. ``within_ms``: the upper bound of the
    bucket, 0 for those above the last; ``failed`` are the questions that had no answer, in whatever time."""

    source = models.CharField(max_length=64)
    hour = models.DateTimeField()
    within_ms = models.PositiveIntegerField()
    failed = models.BooleanField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("svarstid")
        verbose_name_plural = _("svarstider")
        constraints = [
            models.UniqueConstraint(fields=["source", "hour", "within_ms", "failed"], name="one_pace_each")
        ]
        indexes = [models.Index(fields=["hour"])]

    def __str__(self) -> str:
        return f"{self.source} {self.hour:%Y-%m-%d %H}"


class JobRun(models.Model):
    """One job of the schedule. ``fault``: the kind of its last failure; empty once a run has gone well."""

    task = models.CharField(_("jobb"), max_length=120, primary_key=True)
    begun_at = models.DateTimeField(_("senast påbörjat"), null=True)
    ended_at = models.DateTimeField(_("senast klart"), null=True)
    failed_at = models.DateTimeField(_("senaste fel"), null=True)
    fault = models.CharField(_("felets slag"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("återkommande jobb")
        verbose_name_plural = _("återkommande jobb")
        ordering = ("task",)

    def __str__(self) -> str:
        return self.task
