"""The admin's forms for users: numbers and addresses go in, keyed hashes are kept, and nothing comes out."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.admin.changing import make_reason_field
from consent.admin.reading import number_advice, typed_person
from consent.encryption import digest_of, lookup_key
from consent.terms import PersonId
from consent.vocabulary import IdType

LOOKUPS = ("person_number", "home_address", "forget_lookups")


class WriteOnlyInput(forms.TextInput):
    """Never renders what was typed, not even beside an error."""

    def format_value(self, value: Any) -> None:
        del value

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "class": "vTextField"})


class LookupFields(forms.Form):
    """Who the user is and where she lives, for the review of who looks at whom. In both user forms."""

    person_number = forms.CharField(
        label=gettext_lazy("Personnummer"),
        required=False,
        max_length=20,
        widget=WriteOnlyInput,
    )
    home_address = forms.CharField(
        label=gettext_lazy("Adress"),
        required=False,
        max_length=200,
        widget=WriteOnlyInput,
        help_text=gettext_lazy("Skriv som i folkbokföringen: Storgatan 1, 123 45 Orten."),
    )
    forget_lookups = forms.BooleanField(label=gettext_lazy("Glöm personnummer och adress"), required=False)
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {"person_number": self.instance.person_lookup, "home_address": self.instance.address_lookup}
        for name, lookup in kept.items():
            if name in self.fields:
                said = _("Sparat. Lämna tomt för att behålla.") if lookup else _("Inte angivet.")
                self.fields[name].help_text = f"{said} {self.fields[name].help_text}".strip()

    def clean_person_number(self) -> PersonId | None:
        typed = self.cleaned_data["person_number"]
        person = typed_person(typed) if typed else None
        if typed and (person is None or person.type is IdType.RESERVNUMMER):
            raise ValidationError(number_advice())
        return person

    def save(self, commit: bool = True) -> Any:
        """What is typed goes before what is to be forgotten."""
        said, user = self.cleaned_data, self.instance
        if said.get("forget_lookups"):
            user.person_lookup = user.address_lookup = None
        if said.get("person_number"):
            user.person_lookup = lookup_key(said["person_number"])
        if said.get("home_address"):
            user.address_lookup = digest_of(said["home_address"])
        return super().save(commit)  # type: ignore[misc]


class UserForm(LookupFields, UserChangeForm):
    pass


class NewUserForm(LookupFields, AdminUserCreationForm):
    pass


class PasswordForm(AdminPasswordChangeForm):
    """Somebody else's password, and why."""

    change_reason = make_reason_field()
