"""The words that explain a state and a flag. What lights a button is told by its own declaration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from portal.aggregation.buttons import BUTTONS, GROUP_LABELS
from portal.aggregation.buttons.declaration import Words
from portal.aggregation.states import Flag, State
from portal.guide.samples import every_flag, every_state
from portal.overview.presenters.tiles import Tile

STATE_HELP: Mapping[State, Words] = {
    State.ONGOING: _("Något pågår nu. Knappen lyser."),
    State.NEW: _("Något har hänt nyligen. Knappen lyser."),
    State.CURRENT: _("Uppgifter finns och gäller, men är varken nya eller pågående i knappens mening."),
    State.PAST: _("Det som finns är över eller gammalt."),
    State.EMPTY: _("Alla källor som fick frågas har svarat fullständigt, och ingen har något."),
    State.EMPTY_AMONG_CONNECTED: _(
        "De anslutna källorna har inget. Någon som borde leverera är inte ansluten, så det kan finnas mer."
    ),
    State.UNKNOWN: _("Minst en källa svarade inte och inget annat kom. Läs det aldrig som tomt. Ring."),
    State.CHOOSE: _("Andra enheter inom samma vårdgivare kan ha uppgifter. Ett tryck visar dem."),
    State.CONSENT: _("Andra vårdgivare eller omsorgsgivare kan ha uppgifter. Det krävs samtycke att se dem."),
    State.BLOCKED: _("Patienten har spärrat uppgifter. Bara patienten, eller den som får häva, öppnar dem."),
    State.CLOSED: _("Lagen eller uppdraget öppnar inte uppgifterna här. Skälet står på knappen."),
    State.WAITING: _("Svaret är på väg. Efter 6 sekunder utan svar står det Okänt."),
}
FLAG_HELP: Mapping[Flag, Words] = {
    Flag.WAITING: _("Fler källor väntas. Det som syns kan bli mer."),
    Flag.PARTIAL: _("En källa svarade inte, eller allt gick inte att tolka. Det kan finnas mer."),
    Flag.COPY: _("Källan svarade med sin egen kopia. Klockslaget säger hur gammal den är."),
    Flag.CHOOSE: _("Andra enheter inom samma vårdgivare är inte valda."),
    Flag.CONSENT: _("Utan samtycke visas inget från andra."),
    Flag.BLOCKED: _("Något är spärrat och visas inte."),
    Flag.MORE: _("I ett möte: något visas inte, och varför är inte för alla i rummet. Översikten säger det."),
}


@dataclass(frozen=True, slots=True)
class Explained:
    tile: Tile
    words: str


@dataclass(frozen=True, slots=True)
class Lights:
    """A button, and what lights it by its declaration."""

    group: str
    label: str
    icon: str
    told: str
    note: str


def explained_states() -> list[Explained]:
    return [Explained(_inert(tile), str(STATE_HELP[state])) for state, tile in every_state()]


def explained_flags() -> list[Explained]:
    return [Explained(_inert(tile), str(FLAG_HELP[flag])) for flag, tile in every_flag()]


def what_lights() -> list[Lights]:
    return [
        Lights(str(GROUP_LABELS[b.group]), str(b.label), b.icon, b.told, str(b.empty_note)) for b in BUTTONS
    ]


def _inert(tile: Tile) -> Tile:
    """Explained, not offered: what can be done stands on a patient's own page."""
    return replace(tile, action=None)
