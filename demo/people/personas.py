"""Who can sign in to the demo, and under which assignments."""

from dataclasses import dataclass
from typing import Literal

from demo.people.places import (
    AKUTEN,
    AMBULANS,
    BISTANDSENHETEN,
    HALSOCENTRALEN,
    HEMSJUKVARDEN,
    HEMTJANSTEN,
    NATTPATRULLEN,
    ProviderKind,
    Unit,
)

CARE = "Vård och behandling"
Role = Literal["clinician", "log_reviewer", "consent_administrator", "system_administrator"]
USERS = "Användare"
LOG_REVIEWERS = "Logggranskare"
CONSENT_ADMINISTRATORS = "Samtyckesadministratör"
SYSTEM_ADMINISTRATORS = "Systemadministratör"


@dataclass(frozen=True)
class Assignment:
    """A medarbetaruppdrag: where, for what purpose, and whether its holder may lift the region's blocks."""

    unit: Unit
    purpose: str = CARE
    may_lift_blocks: bool = False

    @property
    def actor_kind(self) -> ProviderKind:
        """Health care or social care, by whom the unit belongs to."""
        return self.unit.provider.kind


@dataclass(frozen=True)
class Persona:
    """Somebody who signs in. The first assignment is the usual one."""

    sign_in: str
    name: str
    title: str
    role: Role
    hsa: str
    assignments: tuple[Assignment, ...]
    groups: tuple[str, ...] = (USERS,)


PERSONAS: tuple[Persona, ...] = (
    Persona(
        "hemsjukvard",
        "Anja Fjellström",
        "Sjuksköterska",
        "clinician",
        "SE2120000019-2V01",
        (Assignment(HEMSJUKVARDEN), Assignment(NATTPATRULLEN)),
    ),
    Persona("akuten", "Rasmus Tärnfors", "Läkare", "clinician", "SE2321000016-2A01", (Assignment(AKUTEN),)),
    Persona(
        "distrikt",
        "Mona Björkvik",
        "Distriktssköterska",
        "clinician",
        "SE2321000016-2A02",
        (Assignment(HALSOCENTRALEN, may_lift_blocks=True),),
    ),
    Persona(
        "ambulans",
        "Linus Norrsele",
        "Ambulanssjuksköterska",
        "clinician",
        "SE2321000016-2A03",
        (Assignment(AMBULANS),),
    ),
    Persona(
        "hemtjanst",
        "Pia Gällsta",
        "Samordnare hemtjänst",
        "clinician",
        "SE2120000019-2O01",
        (Assignment(HEMTJANSTEN),),
    ),
    Persona(
        "bistand",
        "Ulf Marsfjäll",
        "Biståndshandläggare",
        "clinician",
        "SE2120000019-2O02",
        (Assignment(BISTANDSENHETEN),),
    ),
    Persona(
        "granskare",
        "Eva Kittelsro",
        "Logggranskare",
        "log_reviewer",
        "SE2120000019-2V02",
        (Assignment(HEMSJUKVARDEN, "Kvalitetssäkring"),),
        (LOG_REVIEWERS,),
    ),
    Persona(
        "samtycke",
        "Nils Abborrås",
        "Samtyckesadministratör",
        "consent_administrator",
        "SE2120000019-2V03",
        (Assignment(HEMSJUKVARDEN, "Administration"),),
        (CONSENT_ADMINISTRATORS,),
    ),
    Persona(
        "admin",
        "Tove Ljungris",
        "Systemadministratör",
        "system_administrator",
        "SE2120000019-2V04",
        (),
        (SYSTEM_ADMINISTRATORS,),
    ),
    Persona(
        "admin2",
        "Birger Sånfjäll",
        "Systemadministratör",
        "system_administrator",
        "SE2120000019-2V05",
        (),
        (SYSTEM_ADMINISTRATORS,),
    ),
)
BY_SIGN_IN: dict[str, Persona] = {persona.sign_in: persona for persona in PERSONAS}
CLINICIANS: tuple[Persona, ...] = tuple(p for p in PERSONAS if p.role == "clinician")
