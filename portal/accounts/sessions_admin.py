"""Ending every session of a user, in the administration: with a reason and a row in the log, at once."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import ngettext

from consent.admin.changing import REASON, ReasonForm, or_say_not_logged, record_change
from portal.accounts.actors import trace_of
from portal.accounts.ending import end_all
from portal.accounts.sessions import sessions_of

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object


class EndsSessions(_Admin):
    """Mixed into the administration of users."""

    change_form_template = "admin/accounts/user/change_form.html"

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.sessions_view)
        return [path("<path:object_id>/sessions/", view, name="accounts_user_sessions"), *super().get_urls()]

    def sessions_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET: since when and from where. POST: all end."""
        user = self.get_object(request, object_id)
        if user is None or not self.has_change_permission(request, user):
            raise Http404
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():

            def end() -> HttpResponse:
                count = end_all(user, trace_of(request))
                record_change(request, user, form.cleaned_data[REASON], sessions_ended=count)
                words = ngettext("%(count)d session avslutad.", "%(count)d sessioner avslutade.", count)
                messages.success(request, words % {"count": count})
                return redirect("admin:accounts_user_change", user.pk)

            return or_say_not_logged(request, end, request.path)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": user,
            "form": form,
            "sessions": sessions_of(user),
        }
        return render(request, "admin/accounts/user/sessions.html", context)
