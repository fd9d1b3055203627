"""What the form for a consent can offer: units, groups of units, texts. For a database thread."""

from dataclasses import dataclass

from django.conf.locale import LANG_INFO

from consent.models import CareUnit, InformationText, UnitGroup
from consent.terms import Actor
from consent.vocabulary import Purpose


@dataclass(frozen=True, slots=True)
class Text:
    """One text for patients that is in use. ``blocks``: "text" and its line, or "list" and its points."""

    id: int
    language: str
    language_name: str
    title: str
    version: int
    blocks: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """``units``, ``groups``: HSA-id or key, and name. ``raised_at``: what the own unit asks at, or empty."""

    is_administrator: bool
    own_unit_id: str
    own_unit: str
    units: tuple[tuple[str, str], ...]
    groups: tuple[tuple[int, str], ...]
    texts: tuple[Text, ...]
    raised_at: str


def options_for(actor: Actor) -> Options:
    """Units of the own provider alone, and of its groups those that the reader's own unit is in."""
    is_administrator = actor.purpose is Purpose.ADMINISTRATION
    rows = list(CareUnit.objects.filter(provider_id=actor.provider.hsa_id).order_by("name"))
    groups = UnitGroup.objects.filter(provider_id=actor.provider.hsa_id, is_active=True)
    if not is_administrator:
        groups = groups.filter(units=actor.unit.hsa_id)
    own = next((row for row in rows if row.pk == actor.unit.hsa_id), None)
    return Options(
        is_administrator=is_administrator,
        own_unit_id=actor.unit.hsa_id,
        own_unit=actor.unit.name,
        units=tuple((r.pk, r.name) for r in rows if is_administrator or r.pk != actor.unit.hsa_id),
        groups=tuple((group.pk, _group_name(group)) for group in groups.prefetch_related("units")),
        texts=current_texts(),
        raised_at=own.consent_raised_at if own else "",
    )


def current_texts() -> tuple[Text, ...]:
    """The newest text in use of each language, Swedish first."""
    newest: dict[str, InformationText] = {}
    for row in InformationText.objects.filter(is_current=True).order_by("language", "-version"):
        newest.setdefault(row.language, row)
    order = sorted(newest.values(), key=lambda row: (row.language != "sv", row.language))
    return tuple(
        Text(row.pk, row.language, language_name(row.language), row.title, row.version, _blocks(row.body))
        for row in order
    )


def language_name(code: str) -> str:
    """A language named in itself, where that is known; else its code."""
    known = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0], {})
    name = str(known.get("name_local", code))
    return name[:1].upper() + name[1:]


def _group_name(group: UnitGroup) -> str:
    return f"{group.name} ({', '.join(sorted(unit.name for unit in group.units.all()))})"


def _blocks(body: str) -> tuple[tuple[str, ...], ...]:
    """Paragraphs are one line each; a block whose lines all begin with a dash is a list of them."""
    blocks = []
    for block in body.replace("\r\n", "\n").strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        is_list = len(lines) > 0 and all(line.startswith("- ") for line in lines)
        blocks.append(("list", *(line[2:] for line in lines)) if is_list else ("text", " ".join(lines)))
    return tuple(block for block in blocks if any(block[1:]))
