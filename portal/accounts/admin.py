"""Users, assignments and groups in the admin. Nobody is deleted: the log goes on naming them by HSA-id.

Nobody changes what they themselves may do, and only a superuser makes superusers. Who had a hand in an
account is remembered: the two may not approve each other's changes (docs/decisions/0029-two-people.md).
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from consent.admin.changing import REASON, LoggedAdmin, or_say_not_logged, record_change
from consent.admin.looking import ForReadingAdmin
from portal.accounts import importing_admin
from portal.accounts.forms import LOOKUPS, NewUserForm, PasswordForm, UserForm
from portal.accounts.groups import MEANINGS
from portal.accounts.models import Assignment, Dependence, User, note_dependence
from portal.accounts.sessions_admin import EndsSessions

__all__ = ["importing_admin"]

RIGHTS = ("may_lift_blocks", "may_administer_consents", "may_review_log")
ABOVE = ("is_superuser", "user_permissions")
# Who changes one of these of somebody else's may afterwards act through that account.
TELLING = frozenset({"username", "email", "hsa_id", "is_active", "is_staff", "groups", *ABOVE, *LOOKUPS})
KEPT_HASHED = _("För loggkontroll. Sparas bara som nyckelhash och visas aldrig igen.")

# Accounts come from here or from the identity provider; what allauth would let be changed has no reason and
# no log. Groups are made by migration.
for model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class AssignmentInline(admin.StackedInline):
    """A user's assignments beside the user. One that is over is made inactive, not removed."""

    model = Assignment
    fields = (("unit", "purpose"), ("valid_from", "valid_until", "is_active"), RIGHTS)
    extra = 0
    can_delete = False


@admin.register(User)
class UserAdmin(EndsSessions, LoggedAdmin, DjangoUserAdmin):
    """By name, HSA-id and title. Who leaves is made inactive."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = PasswordForm
    change_user_password_template = "admin/accounts/user/change_password.html"  # noqa: S105
    list_display = ("username", "last_name", "first_name", "title", "hsa_id", "is_active", "is_staff")
    list_filter = (
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "assignments__unit__provider",
        "assignments__unit",
    )
    search_fields = ("username", "first_name", "last_name", "hsa_id", "title")
    ordering = ("last_name", "first_name", "username")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "title", "hsa_id", "email")}),
        (_("Behörighet"), {"fields": ("is_active", "is_staff", "groups", *ABOVE, "depends_on")}),
        (_("Loggkontroll"), {"fields": LOOKUPS, "description": KEPT_HASHED}),
        (_("Datum"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        (_("Person"), {"fields": ("first_name", "last_name", "title", "hsa_id")}),
        (_("Loggkontroll"), {"fields": LOOKUPS[:2], "description": KEPT_HASHED}),
    )
    readonly_fields = ("last_login", "date_joined", "depends_on")
    inlines = (AssignmentInline,)
    told = frozenset({"hsa_id", "title", "is_active", "is_staff", "groups", *ABOVE})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_change(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if is_superuser(request):
            return fieldsets
        return tuple(
            (name, {**options, "fields": tuple(f for f in options["fields"] if f not in ABOVE)})
            for name, options in fieldsets
        )

    @admin.display(description=_("kan inte godkänna åt, eller godkännas av"))
    def depends_on(self, user: User) -> str:
        """Who has had a hand in the account; those behind her in turn are told on her own page."""
        told = (f"{one.on} {one.get_sort_display()}" for one in user.dependences.select_related("on"))
        return "; ".join(told) or "–"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Changed assignments are logged one by one: they decide where somebody may read."""
        super().save_related(request, form, formsets, change)
        if not change or TELLING & set(form.changed_data):
            note_dependence([form.instance], request.user, Dependence.RIGHTS if change else Dependence.MADE)
        reason = form.cleaned_data[REASON]
        for formset in formsets:
            for made in formset.new_objects:
                record_change(request, made, reason, user=made.user.hsa_id, added=True)
            for changed, fields in formset.changed_objects:
                record_change(request, changed, reason, user=changed.user.hsa_id, fields=sorted(fields))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        """Logged first: after the change Django gives the session a new key, which cannot be taken back."""

        def change() -> HttpResponse:
            user = self.get_object(request, id)
            form = PasswordForm(user, request.POST)
            is_meant = form.is_valid() and (
                form.cleaned_data["set_usable_password"] or "unset-password" in request.POST
            )
            if user is not None and is_meant:
                record_change(request, user, form.cleaned_data[REASON], fields=["password"])
                note_dependence([user], request.user, Dependence.PASSWORD)
            return super(UserAdmin, self).user_change_password(request, id, form_url)

        if request.method == "POST":
            return or_say_not_logged(request, change, request.path)
        return super().user_change_password(request, id, form_url)


@admin.register(Assignment)
class AssignmentAdmin(LoggedAdmin):
    """Who works where, for what purpose and when."""

    list_display = ("user", "hsa_id", "unit", "purpose", "is_active", "valid_from", "valid_until")
    list_filter = ("is_active", "purpose", *RIGHTS, "unit__provider", "unit")
    search_fields = (
        "user__username",
        "user__first_name",
        "user__last_name",
        "user__hsa_id",
        "unit__name",
        "unit__hsa_id",
    )
    autocomplete_fields = ("user",)
    list_select_related = ("user", "unit__provider")
    date_hierarchy = "valid_from"
    told = frozenset({"unit", "purpose", "is_active", "valid_from", "valid_until", *RIGHTS})

    @admin.display(description="HSA-id", ordering="user__hsa_id")
    def hsa_id(self, obj: Assignment) -> str:
        return obj.user.hsa_id or "–"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_change(request, obj and obj.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user" and not is_superuser(request):
            kwargs["queryset"] = User.objects.filter(is_superuser=False).exclude(pk=request.user.pk or 0)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def log_saved(self, request: HttpRequest, obj: Any, form: Any, change: bool, **detail: Any) -> None:
        super().log_saved(request, obj, form, change, user=obj.user.hsa_id, **detail)


@admin.register(Group)
class GroupAdmin(ForReadingAdmin):
    """To be read: who belongs to a group is said by the user, what a group may do by the product."""

    list_display = ("name", "meaning")
    fields = ("name", "meaning")
    readonly_fields = fields
    actions = None

    @admin.display(description=_("får"))
    def meaning(self, obj: Group) -> str:
        return str(MEANINGS.get(obj.name, "–"))


def is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def may_change(request: HttpRequest, user: User | None) -> bool:
    """Nobody gives themselves anything; and who is above the groups is not changed from within them."""
    return user is None or is_superuser(request) or not (user.pk == request.user.pk or user.is_superuser)
