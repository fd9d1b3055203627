"""How sources have answered, hour by hour: counters alone, written by the worker. Nothing about patients."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.models.sources import Source


class SourceHour(models.Model):
    """One source in one hour (UTC). ``answered``, ``failed``: questions of real views, as the access log has
    them; the probes' are apart. ``faults``: views' and probes' failures by kind."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="hours", verbose_name=_("källa"))
    hour = models.DateTimeField(_("timme"))
    answered = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    view_faults = models.JSONField(default=dict)
    probes_answered = models.PositiveIntegerField(default=0)
    probes_failed = models.PositiveIntegerField(default=0)
    probe_answered_at = models.DateTimeField(null=True)
    probe_faults = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("källans timme")
        verbose_name_plural = _("källornas timmar")
        ordering = ("-hour",)
        constraints = [models.UniqueConstraint(fields=["source", "hour"], name="one_row_per_source_and_hour")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.hour:%Y-%m-%d %H}"
