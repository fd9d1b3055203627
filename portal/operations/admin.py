"""The schedule in the administration: what is run how often, when it last was, and what is late. For reading:
it belongs to the release, and nobody should be able to stop the sealing of the log by a form."""

from typing import Any

from celery.schedules import crontab
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consent.admin.looking import ForReadingAdmin
from portal.operations.models import JobRun
from portal.operations.runs import is_late, queue_of, schedule


@admin.register(JobRun)
class JobRunAdmin(ForReadingAdmin):
    list_display = ("task", "queue", "how_often", "state", "begun_at", "ended_at", "failed_at", "fault")
    fields = list_display

    @admin.display(description=gettext_lazy("kö"))
    def queue(self, run: JobRun) -> str:
        return queue_of(run.task)

    @admin.display(description=gettext_lazy("hur ofta"))
    def how_often(self, run: JobRun) -> str:
        return told_rhythm(schedule().get(run.task))

    @admin.display(description=gettext_lazy("läge"))
    def state(self, run: JobRun) -> str:
        if is_late(run.task, run.ended_at, timezone.now()):
            return _("Försenat")
        if run.fault:
            return _("Misslyckades senast")
        return _("Som det ska") if run.ended_at else _("Inte kört än")


def told_rhythm(when: Any) -> str:
    """In words: seconds, minutes or hours; the hour of a day; the day of a month."""
    if when is None:
        return ""
    if isinstance(when, crontab):
        clock = f"{min(when.hour):02}.{min(when.minute):02}"
        if len(when.day_of_month) < 28:
            day = min(when.day_of_month)
            return _("Den %(day)s varje månad kl. %(time)s (UTC)") % {"day": day, "time": clock}
        return _("Varje dag kl. %(time)s (UTC)") % {"time": clock}
    seconds = round(float(when))
    if seconds % 3600 == 0:
        hours = seconds // 3600
        return ngettext("Varje timme", "Var %(count)s:e timme", hours) % {"count": hours}
    if seconds % 60 == 0:
        minutes = seconds // 60
        return ngettext("Varje minut", "Var %(count)s:e minut", minutes) % {"count": minutes}
    return ngettext("Varje sekund", "Var %(count)s:e sekund", seconds) % {"count": seconds}
