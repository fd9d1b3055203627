"""What waits, what was put aside and how the service answers: for reading. One act: to send again."""

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.base.contract import Fault
from connectors.labels import FAULT_LABELS
from connectors.storelog.models import Outgoing, Receiver
from consent.admin.changing import record_change
from consent.admin.looking import ForReadingAdmin


@admin.register(Receiver)
class ReceiverAdmin(ForReadingAdmin):
    list_display = ("told_state", "accepted_at", "failures", "told_fault", "failed_at", "next_at")
    fields = list_display

    @admin.display(description=gettext_lazy("läge"))
    def told_state(self, receiver: Receiver) -> str:
        if settings.NATIONAL_LOG is None:
            return _("Inte inkopplad")
        return _("Svarar inte som den ska") if receiver.fault else _("Som det ska")

    @admin.display(description=gettext_lazy("felets slag"))
    def told_fault(self, receiver: Receiver) -> str:
        known = receiver.fault in set(Fault)
        return str(FAULT_LABELS[Fault(receiver.fault)]) if known else receiver.fault


@admin.register(Outgoing)
class OutgoingAdmin(ForReadingAdmin):
    list_display = ("event_id", "seq", "at", "state", "reason", "attempts", "settled_at")
    list_filter = ("state", "reason")
    fields = list_display
    actions = ("send_again",)
    show_full_result_count = False

    @admin.action(description=gettext_lazy("Skicka igen"))
    def send_again(self, request: HttpRequest, chosen: QuerySet[Outgoing]) -> None:
        """For those put aside, or taken for known: with the same id as before."""
        settled = list(chosen.filter(state__in=(Outgoing.ASIDE, Outgoing.KNOWN)))
        with transaction.atomic():
            for row in settled:
                record_change(request, row, _("Skickas igen"), state=row.state)
            Outgoing.objects.filter(pk__in=[row.pk for row in settled]).update(
                state=Outgoing.WAITING, reason="", settled_at=None, refused_at=None, next_at=None
            )
        sent = len(settled)
        words = ngettext("%(count)s post skickas igen.", "%(count)s poster skickas igen.", sent)
        self.message_user(request, words % {"count": sent}, messages.SUCCESS)
