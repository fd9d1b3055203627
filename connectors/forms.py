"""The admin's form for a source: its own fields, and one for each setting its connector declares."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connectors.approvals import is_approved, waiting_for
from connectors.base.certificates import CERTIFICATE_BEGINS, end_of
from connectors.base.contract import Manifest, Setting
from connectors.base.registry import connector_classes
from connectors.labels import KIND_LABELS
from connectors.models import Source
from connectors.placing import PlacedForm

PREFIX = "setting_"
_TRUE = "true"


def connector_choices() -> list[tuple[str, str]]:
    return sorted((slug, str(connector.manifest.label)) for slug, connector in connector_classes().items())


class NewSourceForm(PlacedForm, forms.ModelForm):
    """The first step: which connector, whose. The rest depends on the connector."""

    connector = forms.ChoiceField(label=_("Koppling"), choices=connector_choices)

    class Meta:
        model = Source
        fields = ("label", "slug", "connector", "base_url", "owner", "default_unit")

    def save(self, commit: bool = True) -> Any:
        """A source is not asked before its settings are in place."""
        self.instance.enabled = False
        return super().save(commit)


class SourceForm(PlacedForm, forms.ModelForm):
    """The second step. Secrets are write-only: shown as set or not set, replaced when something is typed."""

    kinds = forms.MultipleChoiceField(
        label=_("Uppgifter"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Inget valt: allt kopplingen kan lämna."),
    )
    manifest: Manifest

    class Meta:
        model = Source
        fields = (
            "label",
            "base_url",
            "owner",
            "default_unit",
            "enabled",
            "kinds",
            "deadline_s",
            "phone",
            "downtime",
            "downtime_from",
            "downtime_until",
            "error_phone",
            "error_email",
            "error_routine",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [kind for kind in KIND_LABELS if kind in self.instance.offered_kinds]
        self.fields["kinds"].choices = [(kind.value, KIND_LABELS[kind]) for kind in offered]  # type: ignore[attr-defined]
        secrets = self.instance.read_secrets()
        for setting in self.manifest.settings:
            field = self.fields[PREFIX + setting.name]
            if setting.is_secret:
                is_set = setting.name in secrets
                field.required = setting.is_required and not is_set
                field.help_text = _("Sparad. Lämna tomt för att behålla.") if is_set else _("Inte angiven.")
            else:
                field.initial = self.instance.settings.get(setting.name, setting.default)
        if self.manifest.chooses_kinds:
            self.fields["kinds"].help_text = _("Det som är överenskommet med leverantören.")
        self.is_new = not self.instance.pk or not is_approved(self.instance)
        if self.is_new:
            waiting = waiting_for(self.instance) if self.instance.pk else None
            enabled = self.fields["enabled"]
            enabled.label, enabled.initial = (
                _("Slå på när den godkänns"),
                bool(waiting and waiting.switches_on),
            )
            self.initial["enabled"] = enabled.initial
            enabled.help_text = _("Källan är i drift först när en annan administratör har godkänt den.")
        self.hold_fields()

    def hold_fields(self) -> None:
        """What waits for approval is not changed again before it is decided."""
        waiting = waiting_for(self.instance) if self.instance.pk else None
        if waiting is None or waiting.is_new:
            return
        held = {"base_url", "owner", "default_unit", "kinds"}
        for name, field in self.fields.items():
            if name in held or name.startswith(PREFIX):
                field.disabled, field.required = True, False

    def clean(self) -> None:
        super().clean()
        connector = connector_classes().get(self.instance.connector)
        if connector is None or self.errors:
            return
        self.judge_certificates()
        if self.manifest.chooses_kinds and not self.cleaned_data.get("kinds"):
            self.add_error("kinds", _("Välj vilka uppgifter källan lämnar. Den räknas bara för dem."))
        settings, secrets = self.read_settings()
        for name, words in connector.flaws_of({**settings, **secrets}).items():
            self.add_error(PREFIX + name, words)  # type: ignore[arg-type]
        if self.is_new:  # nobody has approved anything: all of it is judged together, when it is
            return
        approved = {**self.instance.settings, **self.instance.read_secrets()}
        if self.cleaned_data.get("enabled") and not self.errors and connector.flaws_of(approved):
            self.add_error(
                "enabled",
                _("Inställningarna gäller när en annan administratör har godkänt dem. Kryssa i det här då."),
            )

    def judge_certificates(self) -> None:
        """What is stored can be read and has not run out already."""
        for setting in self.manifest.settings:
            text = str(self.cleaned_data.get(PREFIX + setting.name) or "")
            if CERTIFICATE_BEGINS not in text:
                continue
            try:
                ends_at = end_of(text)
            except ValueError:
                self.add_error(PREFIX + setting.name, _("Certifikatet går inte att läsa."))
                continue
            if ends_at <= timezone.now():
                words = _("Certifikatet gick ut %(day)s.") % {"day": f"{ends_at:%Y-%m-%d}"}
                self.add_error(PREFIX + setting.name, words)

    def read_settings(self) -> tuple[dict[str, str], dict[str, str]]:
        """Settings and secrets as they would be stored; a secret left empty stays as it is."""
        secrets, settings = self.instance.read_secrets(), {}
        for setting in self.manifest.settings:
            value = self.cleaned_data.get(PREFIX + setting.name)
            text = _TRUE if value is True else "" if value in (None, False) else str(value)
            if not setting.is_secret:
                settings[setting.name] = text
            elif text:
                secrets[setting.name] = text
        return settings, secrets

    @property
    def switches_on(self) -> bool:
        """Whether a new source is to be in use as soon as it is approved."""
        return self.is_new and bool(self.cleaned_data.get("enabled"))

    def save(self, commit: bool = True) -> Any:
        settings, secrets = self.read_settings()
        self.instance.settings = settings
        self.instance.write_secrets(secrets)
        if self.is_new:
            self.instance.enabled = False
        return super().save(commit)


class WholeSourceForm(SourceForm):
    """A new source, with all its settings at once."""

    class Meta(SourceForm.Meta):
        fields = ("slug", *SourceForm.Meta.fields)  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("instance") is None:
            kwargs["instance"] = Source(connector=self.manifest.slug)
        super().__init__(*args, **kwargs)


def form_for(manifest: Manifest, base: type[SourceForm] = SourceForm) -> type[SourceForm]:
    """The form class for sources of one connector."""
    fields = {PREFIX + setting.name: make_field(setting) for setting in manifest.settings}
    return type("SourceForm", (base,), {"manifest": manifest, **fields})


def make_field(setting: Setting) -> forms.Field:
    """A form field of the setting's type."""
    common: dict[str, Any] = {
        "label": setting.label,
        "help_text": setting.help,
        "required": setting.is_required,
    }
    if setting.is_secret:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"})
        return forms.CharField(widget=widget, **common)
    if setting.type is bool:
        return forms.BooleanField(**{**common, "required": False})
    if setting.type is int:
        return forms.IntegerField(**common)
    if setting.type is float:
        return forms.FloatField(**common)
    return forms.CharField(**common)
