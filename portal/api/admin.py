"""Client systems and their keys in the admin: made by one, approved by another, revoked by either."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.admin.changing import REASON, LoggedAdmin
from portal.api.models import Approved, Client, ClientKey
from portal.api.registering import (
    BadKey,
    approve,
    hash_of,
    make_secret,
    new_client_id,
    read_public_key,
    revoke,
)
from portal.api.scopes import SCOPE_WORDS

FACTS = ("state", "made_at", "made_by", "approved_at", "approved_by", "revoked_at")


class DecidingForm(forms.ModelForm):
    """Approving and revoking are boxes of the same form: each is a change with a reason."""

    approve = forms.BooleanField(label=gettext_lazy("Godkänn"), required=False)
    revoke = forms.BooleanField(
        label=gettext_lazy("Återkalla"),
        required=False,
        help_text=gettext_lazy("Gäller genast och går inte att ångra."),
    )
    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:  # noqa: SLF001 (Django's own word for it)
            for name in set(self.fields) - {"approve", "revoke", REASON}:
                del self.fields[name]

    def clean(self) -> None:
        super().clean()
        row = self.instance
        if self.cleaned_data.get("approve") and not row.may_be_approved_by(self.request.user):
            self.add_error("approve", _("En annan administratör än den som skapade det måste godkänna det."))


class ClientForm(DecidingForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Får"), choices=SCOPE_WORDS, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Client
        fields = ("name", "owner", "purpose", "contact", "scopes", "per_minute", "idp")


class KeyForm(DecidingForm):
    public_key = forms.CharField(
        label=gettext_lazy("Publik nyckel (JWK)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Lämna tomt för en hemlighet i stället. Den räcker till beviset, inte till intyg om användare."
        ),
    )

    class Meta:
        model = ClientKey
        fields = ("client", "label")

    def clean_public_key(self) -> Any:
        text = self.cleaned_data.get("public_key", "").strip()
        try:
            return read_public_key(text) if text else None
        except BadKey as bad:
            raise forms.ValidationError(str(bad)) from None


class ApprovedAdmin(LoggedAdmin):
    """What was approved is never changed: who wants more is registered anew."""

    made: tuple[str, ...] = ()

    @admin.display(description=gettext_lazy("läge"))
    def state(self, row: Approved) -> str:
        if row.revoked_at is not None:
            return _("Återkallad")
        if row.is_in_force:
            return _("Gäller")
        return _("Väntar på godkännande av en annan administratör")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = self.made if obj is None else (*self.get_readonly_fields(request, obj), "approve", "revoke")
        return self.asking_why(request, obj, ((None, {"fields": fields}),))

    def decide(self, request: HttpRequest, obj: Any, form: Any) -> None:
        if form.cleaned_data.get("approve"):
            approve(obj, request.user)
        if form.cleaned_data.get("revoke"):
            revoke(obj)
        self.log_saved(request, obj, form, change=True)


@admin.register(Client)
class ClientAdmin(ApprovedAdmin):
    form = ClientForm
    made = ("name", "owner", "purpose", "contact", "scopes", "per_minute", "idp")
    list_display = ("name", "id", "owner", "state", "per_minute", "made_at", "made_by")
    list_filter = ("owner", ("approved_at", admin.EmptyFieldListFilter))
    list_select_related = ("owner", "made_by")
    told = frozenset({*made, "approve", "revoke"})

    @admin.display(description=gettext_lazy("får"))
    def granted_words(self, client: Client) -> str:
        return ", ".join(str(words) for word, words in SCOPE_WORDS if word in client.scopes)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        if obj is None:
            return ()
        shown = ("granted_words" if name == "scopes" else name for name in self.made)
        return ("id", *shown, *FACTS)

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if change:
            self.decide(request, obj, form)
            return
        obj.id, obj.made_by = new_client_id(), request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


@admin.register(ClientKey)
class ClientKeyAdmin(ApprovedAdmin):
    """A public key is pasted; a secret is made here, and shown once to the one who made it."""

    form = KeyForm
    made = ("client", "label", "public_key")
    list_display = ("client", "label", "sort", "state", "made_at", "made_by")
    list_filter = ("client", ("approved_at", admin.EmptyFieldListFilter))
    list_select_related = ("client", "made_by")
    told = frozenset({"client", "label", "approve", "revoke"})

    @admin.display(description=gettext_lazy("slag"))
    def sort(self, key: ClientKey) -> str:
        return _("publik nyckel %(kid)s") % {"kid": key.jwk["kid"]} if key.jwk else _("hemlighet")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return () if obj is None else ("client", "label", "sort", *FACTS)

    def save_model(self, request: HttpRequest, obj: ClientKey, form: Any, change: bool) -> None:
        if change:
            self.decide(request, obj, form)
            return
        obj.made_by, obj.jwk = request.user, form.cleaned_data["public_key"]  # type: ignore[assignment]
        if obj.jwk is None:
            text, _digest = make_secret()
            obj.digest = hash_of(text)
            request.made_secret = text  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ClientKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Of a secret the page that shows it, the only time there is."""
        secret = getattr(request, "made_secret", "")
        if not secret:
            return super().response_add(request, obj, post_url_continue)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ny hemlighet"),
            "opts": self.opts,
            "secret": secret,
            "row": obj,
        }
        return TemplateResponse(request, "admin/api/clientkey/made.html", context)
