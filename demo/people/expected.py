"""What must be lit for whom: one row per person, persona and stage of a flow. Tests read this table.

Own provider's other units count as chosen, and what stands on record counts as given.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Button = Literal["VB", "VA", "KO", "VC", "SoL", "HS", "SIP", "VP", "VK", "AM", "DI", "LM"]
Stage = Literal["opened", "consent", "emergency", "row 9", "row 15a", "row 15b"]
# What a row or a single button waits for before it can be asserted.
Need = Literal["mobimed", "openfeed", "npo", "row 9 screen", "row 15a screen", "row 15b screen"]
State = Literal["inget", "tidigare", "okant"]
Notice = Literal[
    "block", "consent_needed", "refused", "sources_differ", "deceased", "not_updated", "social_locked"
]

ALL: tuple[Button, ...] = ("VB", "VA", "KO", "VC", "SoL", "HS", "SIP", "VP", "VK", "AM", "DI", "LM")
SOCIAL_READER: tuple[Button, ...] = ("VB", "VA", "KO", "SoL", "HS", "SIP")


@dataclass(frozen=True)
class Expectation:
    """Exactly these buttons are lit, once everything in ``waits`` and ``flow`` exists.

    ``waits`` names, button by button, the source that button still needs; ``flow`` the screen the
    whole row needs. ``states`` are unlit buttons whose words matter; ``notices`` must stand on the page
    and ``absent`` must not. ``once``: words that stand exactly once in the strip of limitations, however many
    sources tell of them.
    """

    person: str
    persona: str
    stage: Stage
    lit: tuple[Button, ...]
    waits: Mapping[Button, Need] = field(default_factory=dict)
    flow: Need | None = None
    states: Mapping[Button, State] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    absent: tuple[Notice, ...] = ()
    once: tuple[str, ...] = ()
    is_denied: bool = False

    def lit_with(self, existing: Collection[Need] = ()) -> frozenset[Button]:
        """What is lit as long as only ``existing`` of the awaited sources exist."""
        return frozenset(b for b in self.lit if b not in self.waits or self.waits[b] in existing)

    def missing(self, existing: Collection[Need] = ()) -> frozenset[Need]:
        """What this row still waits for; empty once it can be asserted in full."""
        needs = set(self.waits.values()) | ({self.flow} if self.flow else set())
        return frozenset(needs - set(existing))

    @property
    def label(self) -> str:
        """For test names: ``A akuten opened``."""
        return f"{self.person} {self.persona} {self.stage}"


_TOM: Mapping[Button, State] = dict.fromkeys(ALL, "inget")


def _denied(person: str, persona: str) -> Expectation:
    return Expectation(person, persona, "opened", (), is_denied=True)


EXPECTED: tuple[Expectation, ...] = (
    Expectation("A", "hemsjukvard", "opened", ALL, {"AM": "mobimed"}),
    Expectation("A", "akuten", "opened", ALL, {"AM": "mobimed"}),
    Expectation("A", "distrikt", "opened", ALL, {"AM": "mobimed"}),
    Expectation("A", "hemtjanst", "opened", SOCIAL_READER),
    Expectation("B", "akuten", "opened", (), notices=("consent_needed",)),
    Expectation("B", "distrikt", "opened", (), notices=("consent_needed",)),
    Expectation("B", "akuten", "consent", (), states=_TOM, absent=("consent_needed",)),
    Expectation("B", "distrikt", "consent", (), states=_TOM, absent=("consent_needed",)),
    _denied("B", "hemtjanst"),
    Expectation(
        "C", "akuten", "opened", ("VB", "VA", "VK", "AM"), {"AM": "mobimed"}, notices=("consent_needed",)
    ),
    Expectation(
        "C",
        "akuten",
        "emergency",
        ("VB", "VA", "VK", "AM", "HS"),
        {"AM": "mobimed"},
        notices=("social_locked",),
    ),
    Expectation("C", "hemsjukvard", "opened", ("VB", "HS")),
    Expectation("C", "hemtjanst", "opened", ("SoL",)),
    Expectation("D", "distrikt", "opened", ("VA", "VP")),
    Expectation("D", "akuten", "opened", ("VA", "VP")),
    Expectation("D", "distrikt", "row 9", ("VA", "VP", "HS", "SoL"), flow="row 9 screen"),
    Expectation("D", "akuten", "row 9", ("VA", "VP", "HS", "SoL"), flow="row 9 screen"),
    Expectation("D", "hemsjukvard", "opened", ("HS",)),
    Expectation("D", "hemsjukvard", "row 9", ("VA", "VP", "HS", "SoL"), flow="row 9 screen"),
    Expectation("D", "hemtjanst", "opened", ("SoL",)),
    Expectation("D", "hemtjanst", "row 15b", ("SoL",), flow="row 15b screen"),
    Expectation("E", "akuten", "opened", ("VK", "LM", "SoL")),
    Expectation("F", "akuten", "opened", ("VA", "VP", "SoL"), {"SoL": "openfeed"}),
    Expectation("F", "distrikt", "opened", ("VA", "VP", "SoL"), {"SoL": "openfeed"}),
    Expectation("F", "bistand", "row 15a", ("SoL",), {"SoL": "openfeed"}, flow="row 15a screen"),
    _denied("F", "hemtjanst"),
    Expectation("G", "hemsjukvard", "opened", ("HS",), notices=("refused",)),
    Expectation("G", "akuten", "opened", ("VP", "VK")),
    Expectation("H", "distrikt", "opened", ("VA", "VK"), notices=("block",)),
    Expectation("H", "hemsjukvard", "opened", ("VA", "VK", "HS"), notices=("block",)),
    Expectation("H", "bistand", "opened", ("VA", "HS"), absent=("block",)),
    Expectation(
        "I", "distrikt", "opened", ("VK", "HS", "SoL"), {"SoL": "openfeed"}, notices=("not_updated",)
    ),
    Expectation(
        "J",
        "akuten",
        "opened",
        ("VB",),
        {"AM": "mobimed"},
        states={"AM": "okant"},
        notices=("sources_differ",),
        once=("Ej HLR. Ställningstagande av", "Cosmic + NPÖ", "Tidigare begränsning upphävd, full vård."),
    ),
    Expectation("K", "akuten", "opened", ("VK", "AM")),
    Expectation("K", "distrikt", "opened", ("VK", "AM")),
    Expectation("L", "hemsjukvard", "opened", (), states={"HS": "tidigare"}, notices=("deceased",)),
    *(
        Expectation("L", persona, "opened", (), notices=("deceased",), absent=("consent_needed",))
        for persona in ("akuten", "distrikt", "ambulans", "hemtjanst", "bistand")
    ),
    Expectation("M", "akuten", "opened", ("VK",), states={"VC": "tidigare"}, notices=("consent_needed",)),
    Expectation("M", "akuten", "consent", ("VK", "SoL"), states={"VC": "tidigare"}),
)
