"""Deliveries in the admin: tokens, how each source's deliveries go, files. Never what was delivered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.models import Source
from connectors.openfeed import files_admin, tokens
from connectors.openfeed.holding import waiting_counts
from connectors.openfeed.models import Reception, Token
from consent.admin.changing import LoggedAdmin

__all__ = ["files_admin"]

_RECEIVING = {"connector": "openfeed"}


class TokenForm(forms.ModelForm):
    """Revoking and approving are boxes of the same form: each is a change with a reason."""

    approve = forms.BooleanField(label=gettext_lazy("Godkänn"), required=False)
    revoke = forms.BooleanField(
        label=gettext_lazy("Återkalla"),
        required=False,
        help_text=gettext_lazy(
            "Gäller genast och går inte att ångra. Gör en ny nyckel först om källan ska byta."
        ),
    )
    request: HttpRequest

    class Meta:
        model = Token
        fields = ("source", "label")

    def clean(self) -> None:
        super().clean()
        token = self.instance
        if self.cleaned_data.get("approve") and not tokens.may_approve(token, self.request.user):
            said = _("En annan administratör än den som skapade nyckeln måste godkänna den.")
            if token.request_id is not None and token.is_waiting:
                said = _("Nyckeln godkänns tillsammans med ansökan om källan.")
            self.add_error("approve", said)


@admin.register(Token)
class TokenAdmin(LoggedAdmin):
    """Made by one, shown to her once, approved by another."""

    form = TokenForm
    list_display = ("source", "label", "beginning", "state", "made_at", "made_by", "used_at")
    list_filter = (
        "source",
        ("approved_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("source", "made_by", "request")
    told = frozenset({"source", "label", "approve", "revoke"})

    @admin.display(description=gettext_lazy("börjar med"))
    def beginning(self, token: Token) -> str:
        return token.beginning

    @admin.display(description=gettext_lazy("läge"))
    def state(self, token: Token) -> str:
        if token.revoked_at is not None:
            return _("Återkallad")
        if token.is_approved:
            return _("Gäller")
        if not token.is_waiting:
            return _("Gäller inte: ansökan den hörde till avslogs eller drogs tillbaka")
        return _("Väntar på godkännande av en annan administratör")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.asking_why(request, obj, ((None, {"fields": ("source", "label")}),))
        facts = ("source", "label", "beginning", "state", "made_at", "made_by", "request", "approved_at",
                 "approved_by", "used_at", "revoked_at")  # fmt: skip
        return self.asking_why(request, obj, ((None, {"fields": (*facts, "approve", "revoke")}),))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        if obj is None:
            return ()
        return ("source", "label", "beginning", "state", "made_at", "made_by", "request", "approved_at",
                "approved_by", "used_at", "revoked_at")  # fmt: skip

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "source":
            kwargs["queryset"] = Source.objects.filter(**_RECEIVING)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        if not change:
            made, text = tokens.make_token(obj.source, obj.label, request.user)
            obj.id, obj.name, obj.digest, obj.made_by = made.id, made.name, made.digest, made.made_by
            super().save_model(request, obj, form, change)
            request.made_token = text  # type: ignore[attr-defined]
            return
        if form.cleaned_data.get("approve"):
            tokens.approve(obj, request.user)
        if form.cleaned_data.get("revoke"):
            tokens.revoke(obj)
        self.log_saved(request, obj, form, change)

    def response_add(
        self,
        request: HttpRequest,
        obj: Token,
        post_url_continue: str | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """The page that shows it, the only time there is."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ny leveransnyckel"),
            "opts": self.opts,
            "token": request.made_token,  # type: ignore[attr-defined]
            "row": obj,
        }
        return TemplateResponse(request, "admin/openfeed/token/made.html", context)


@admin.register(Reception)
class ReceptionAdmin(LoggedAdmin):
    """How the deliveries of each source go. Numbers and times, nothing of what they hold."""

    list_display = ("source", "received_at", "complete_at", "held_count", "missing_count",
                    "accepted", "replaced", "unchanged", "withdrawn", "refused", "outside")  # fmt: skip
    list_select_related = ("source",)
    readonly_fields = list_display
    fields = list_display

    @admin.display(description=gettext_lazy("sparade poster"))
    def held_count(self, reception: Reception) -> int:
        return waiting_counts(reception.source_id).held

    @admin.display(description=gettext_lazy("saknas: avvisade eller gallrade"))
    def missing_count(self, reception: Reception) -> int:
        return waiting_counts(reception.source_id).missing

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
