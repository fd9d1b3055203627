"""The form: an address to call, for an administrator in a test installation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from connectors.base.contract import SourceProfile
from connectors.base.registry import connector_classes
from connectors.placing import PlacedForm
from consent.specimen import TOLVAN, is_test_number
from consent.terms import PersonId, Provider
from consent.vocabulary import CareKind

MOST_SETTINGS = 20
# The owner of what is judged: nobody's, since nothing of it is kept.
TESTER = Provider("SE0000000000-PROV", "Provning", CareKind.HEALTH_CARE)
SLUG = "kontroll"


def asking_connectors() -> list[tuple[str, str]]:
    """Those that deliver records; sources of facts about people are tried by their own suites."""
    found = connector_classes().items()
    return sorted((slug, str(c.manifest.label)) for slug, c in found if c.manifest.kinds)


class AddressForm(PlacedForm, forms.Form):
    connector = forms.ChoiceField(choices=asking_connectors)
    base_url = forms.CharField(max_length=300, error_messages={"required": _("Ange adressen.")})
    key = forms.CharField(max_length=2000, required=False, strip=False)
    settings = forms.CharField(max_length=4000, required=False)
    patient = forms.CharField(max_length=12, required=False)

    def clean_settings(self) -> dict[str, str]:
        """One a line: ``name=value``."""
        lines = [line.strip() for line in self.cleaned_data["settings"].splitlines() if line.strip()]
        if len(lines) > MOST_SETTINGS or not all("=" in line for line in lines):
            raise forms.ValidationError(_("Skriv en inställning per rad: namn=värde."))
        return {name.strip(): value.strip() for name, _is, value in (line.partition("=") for line in lines)}

    def clean_patient(self) -> PersonId:
        person = PersonId(self.cleaned_data["patient"].strip() or TOLVAN.number)
        if not is_test_number(person):
            raise forms.ValidationError(_("Ange ett nummer som är reserverat för prov."))
        return person

    def clean(self) -> dict[str, Any] | None:
        """Addresses among the settings are looked at like the source's own."""
        given = self.cleaned_data.get("settings") or {}
        self.cleaned_data.update({f"setting_{name}": value for name, value in given.items()})
        return super().clean()

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error("settings" if field and field.startswith("setting_") else field, error)

    def profile(self) -> SourceProfile:
        """What is typed and nothing else: no stored secret goes with it."""
        given = self.cleaned_data
        manifest = connector_classes()[given["connector"]].manifest
        secrets = {setting.name: given["key"] for setting in manifest.settings if setting.is_secret}
        defaults = {setting.name: setting.default for setting in manifest.settings if not setting.is_secret}
        settings = {**defaults, **secrets, **given["settings"]}
        return SourceProfile(
            slug=SLUG,
            label=SLUG,
            base_url=given["base_url"],
            owner=None if manifest.is_aggregating else TESTER,
            kinds=connector_classes()[given["connector"]].kinds_of(settings),
            settings=settings,
            connector=given["connector"],
            deadline_s=manifest.deadline_s,
            providers={TESTER.hsa_id: TESTER},
        )
