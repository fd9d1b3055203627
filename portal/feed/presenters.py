"""The contract in words, for the public page. All of it comes from the declaration; nothing is said twice."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.contract import Words
from connectors.base.quality import RULES, Tier
from connectors.openfeed.declaration import COMMON, RECORD_TYPES, Field, Shape
from connectors.openfeed.mapping import told_types
from connectors.openfeed.refusing import ADVICE
from connectors.openfeed.samples import SAMPLES, example_of
from connectors.openfeed.vocabulary import LAWS, PATIENT_TYPES, STATUSES
from portal.aggregation.buttons import BUTTON_OF

SHAPE_WORDS: Mapping[Shape, Words] = {
    Shape.TEXT: gettext_lazy("text"),
    Shape.WHEN: gettext_lazy("dag eller tid"),
    Shape.INTEGER: gettext_lazy("heltal"),
    Shape.NUMBER: gettext_lazy("tal eller text"),
    Shape.FLAG: gettext_lazy("ja eller nej"),
    Shape.LIST: gettext_lazy("lista av texter"),
}
TIER_WORDS: Mapping[Tier, Words] = {
    Tier.BRONZE: gettext_lazy("Brons"),
    Tier.SILVER: gettext_lazy("Silver"),
    Tier.GOLD: gettext_lazy("Guld"),
}
RULE_WORDS: Mapping[str, Words] = {
    "manifest": gettext_lazy("Säger vad den heter, vad den lämnar och vilken version den talar."),
    "readme": gettext_lazy("Säger vad som visas, vad som inte kan visas och vems uppgifterna är."),
    "conformance": gettext_lazy("Klarar den gemensamma provsviten: fel, tomt, fel person, hängande svar."),
    "secrets": gettext_lazy("Varje hemlighet är märkt som en och visas aldrig."),
    "probe": gettext_lazy("Går att nå för ett prov utan att nämna någon patient."),
    "origin": gettext_lazy("Varje post säger vems den är och från vilken enhet."),
    "real_messages": gettext_lazy("Läser oförändrade meddelanden som någon annan har gjort."),
    "partial": gettext_lazy("Det som inte kunde hämtas sägs saknas, aldrig att det är tomt."),
    "vendor_environment": gettext_lazy("Prövad mot leverantörens egen testmiljö."),
    "vendor_review": gettext_lazy("Översättningen är läst och godkänd av någon som kan systemet."),
}


@dataclass(frozen=True, slots=True)
class FieldLine:
    name: str
    is_required: bool
    shape: str
    meaning: str
    words: tuple[tuple[str, str], ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class TypeCard:
    name: str
    label: str
    fields: tuple[FieldLine, ...]
    example: str


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A code with its words in both languages: a sender may meet either."""

    code: str
    status: int
    swedish: str
    english: str
    do: str


def field_lines(fields: Iterable[Field]) -> tuple[FieldLine, ...]:
    return tuple(
        FieldLine(
            one.name,
            one.is_required,
            str(SHAPE_WORDS[one.shape]),
            str(one.meaning),
            tuple((value, str(words)) for value, words in one.words.items()),
            one.is_open,
        )
        for one in fields
    )


def type_cards() -> tuple[TypeCard, ...]:
    return tuple(
        TypeCard(name, str(one.label), field_lines(one.data), pretty(example_of(name)))
        for name, one in RECORD_TYPES.items()
    )


def error_lines() -> tuple[ErrorLine, ...]:
    lines = []
    for code, advice in ADVICE.items():
        told = {}
        for language in ("sv", "en"):
            with translation.override(language):
                told[language] = str(advice.what)
        lines.append(ErrorLine(code.value, advice.status, told["sv"], told["en"], str(advice.do)))
    return tuple(lines)


def tiers() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (
            str(words),
            tuple(str(RULE_WORDS.get(rule.name, rule.meaning)) for rule in RULES if rule.tier is tier),
        )
        for tier, words in TIER_WORDS.items()
    )


def contract(address: str) -> dict[str, Any]:
    """Everything the page says of the contract. ``address``: of this portal, without a slash at its end."""
    return {
        "fields": field_lines(COMMON),
        "types": type_cards(),
        "statuses": [(value, str(words)) for value, (_meant, words) in STATUSES.items()],
        "laws": [(value, str(words)) for value, words in LAWS.items()],
        "patient_types": [(value, str(words)) for value, (_meant, words) in PATIENT_TYPES.items()],
        "errors": error_lines(),
        "tiers": tiers(),
        "samples": [sample.name for sample in SAMPLES.values()],
        "example": pretty(example_of("service")),
        "commands": commands(address),
        "lamps": lamps(),
    }


def lamps() -> tuple[tuple[str, str, str], ...]:
    """Each button with the types behind it and what lights it; those that no type fills are left out."""
    return tuple(
        (str(button.label), told_types(kind), button.told)
        for kind, button in BUTTON_OF.items()
        if told_types(kind)
    )


def commands(address: str) -> tuple[tuple[str, str], ...]:
    """What can be pasted into a terminal, each with what it does. A test runs them as they stand."""
    push = (
        f'curl -sS -X POST "{address}/api/feed/v1/records{{query}}" \\\n'
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        "  --data-binary @exempel.json"
    )
    notice = (
        'BODY=\'{"patient":"' + str(example_of("service")["patient"]) + "\"}'\n"
        "TIME=$(date +%s)\n"
        'SIGNATURE=$(printf "%s.%s" "$TIME" "$BODY" \\\n'
        '  | openssl dgst -sha256 -hmac "$NOTICE_KEY" | sed "s/^.* //")\n'
        f'curl -sS -X POST "{address}/api/feed/v1/notices/$SOURCE" \\\n'
        '  -H "X-Feed-Timestamp: $TIME" \\\n'
        '  -H "X-Feed-Signature: sha256=$SIGNATURE" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        '  --data-binary "$BODY"'
    )
    table = (
        f'curl -sS -X POST "{address}/api/feed/v1/records?dry_run=1" \\\n'
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: text/csv" \\\n'
        "  --data-binary @exempel.csv"
    )
    fetch = "\n".join(
        f'curl -sS -o {name} "{address}/anslut/exempel/{name}"' for name in ("exempel.json", "exempel.csv")
    )
    return (
        (_("Hämta exemplen"), fetch),
        (_("Pröva en tabell i CSV. Lämna på riktigt: byt dry_run=1 mot complete=1 om den är allt"), table),
        (_("Pröva: allt bedöms, inget sparas"), push.format(query="?dry_run=1")),
        (_("Lämna på riktigt"), push.format(query="")),
        (_("Avisera att något har ändrats"), notice),
    )


def pretty(record: object) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2)
