"""Why a consent is ended or annulled: a reason is required, a preset one or one in own words."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OTHER = "other"
END: tuple[tuple[str, str | Promise], ...] = (
    ("taken_back", gettext_lazy("Patienten tog tillbaka samtycket")),
    ("not_needed", gettext_lazy("Behövs inte längre")),
    ("moved", gettext_lazy("Patienten har flyttat eller skrivits ut")),
)
ANNUL: tuple[tuple[str, str | Promise], ...] = (
    ("mistake", gettext_lazy("Registrerat av misstag")),
    ("wrong_person", gettext_lazy("Registrerat på fel patient")),
    ("wrong_terms", gettext_lazy("Fel villkor registrerade")),
)


@dataclass(frozen=True, slots=True)
class Given:
    """What was sent: which entry, how it is stopped, the key and the own words; and what is wrong with it."""

    entry_id: str
    way: str
    key: str
    text: str
    error: str = ""


def read_reason(post: QueryDict, way: str) -> tuple[str, Given]:
    """The reason in Swedish, as it is kept; empty where ``error`` says why not."""
    key, text = post.get("why", ""), post.get("text", "").strip()[:300]
    presets = dict(END if way == "end" else ANNUL)
    given = Given(post.get("entry", ""), way, key, text)
    if key in presets:
        with translation.override("sv"):
            words = str(presets[key])
        return f"{words}. {text}" if text else words, given
    if key == OTHER and text:
        return text, given
    error = _("Skriv skälet med egna ord.") if key == OTHER else _("Välj ett skäl.")
    return "", Given(given.entry_id, way, key, text, error)
