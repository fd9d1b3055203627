"""The columns of the three sorts of file, and the Swedish words that may stand in them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from consent.models.organisations import RAISED_AT
from portal.accounts.importing import Column
from portal.accounts.models import Assignment

UNITS, USERS, ASSIGNMENTS = "units", "users", "assignments"
# In a cell: take away what stands. An empty cell leaves it.
CLEAR = "-"

_ADMIN_WORDS = _("Ett av orden som administrationen använder.")
_DAY = _("ÅÅÅÅ-MM-DD, dagen medräknad.")
_YES_OR_NO = _("ja eller nej.")

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    UNITS: (
        Column("hsa_id", "HSA-id", _("Enhetens."), "SE2321000016-R0X1", is_required=True),
        Column("name", "Namn", _("Krävs för en ny enhet."), "Vårdavdelning 4"),
        Column("provider", "Tillhör", _("Vårdgivarens HSA-id. Krävs för en ny enhet."), "SE2321000016-R001"),
        Column("phone", "Telefon", "", "0980-319250"),
        Column("on_call_phone", "Jourtelefon", "", "0980-319251"),
        Column("raised_at", "Samtycke väcks när", _ADMIN_WORDS, "Besök"),
    ),
    USERS: (
        Column("hsa_id", "HSA-id", _("Medarbetarens."), "SE2321000016-2X01", is_required=True),
        Column("username", "Användarnamn", _("Tomt för en ny användare: HSA-id med små bokstäver.")),
        Column("first_name", "Förnamn", "", "Anna"),
        Column("last_name", "Efternamn", _("Krävs för en ny användare."), "Exempelsson"),
        Column("title", "Befattning", "", "Sjuksköterska"),
        Column("is_active", "Aktiv", _YES_OR_NO, "ja"),
    ),
    ASSIGNMENTS: (
        Column("user", "Användare", _("Medarbetarens HSA-id."), "SE2321000016-2X01", is_required=True),
        Column("unit", "Enhet", _("Enhetens HSA-id."), "SE2321000016-R0X1", is_required=True),
        Column("purpose", "Ändamål", _ADMIN_WORDS, "Vård och behandling", is_required=True),
        Column(
            "rights",
            "Rättigheter",
            _("häva spärrar, administrera samtycken eller granska loggen; flera med + emellan."),
        ),
        Column("valid_from", "Från", _DAY, "2026-01-01"),
        Column("valid_until", "Till", _DAY, "2026-12-31"),
        Column("is_active", "Aktiv", _YES_OR_NO, "ja"),
    ),
}
YES_OR_NO = {"ja": True, "nej": False}
RIGHTS = {
    "häva spärrar": "may_lift_blocks",
    "administrera samtycken": "may_administer_consents",
    "granska loggen": "may_review_log",
}


def purposes() -> dict[str, str]:
    """Purpose by its words, as the page's language has them."""
    return {str(words).casefold(): value for value, words in Assignment.PURPOSES}


def occasions() -> dict[str, str]:
    """What consent is raised at, by its words."""
    return {str(words).casefold(): value for value, words in RAISED_AT}


def header_of(sort: str, key: str) -> str:
    return next(column.header for column in COLUMNS[sort] if column.key == key)
