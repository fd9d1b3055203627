"""Codes that mean the same whoever sends them: limitations of care, and covid-19.

Only codes are looked at, never words. Systems are told apart by whoever reads them (URIs in FHIR, OIDs in
RIV-TA).
"""

from connectors.base.kinds import Measure

# SNOMED CT (SE): decisions not to give care, from the Swedish alert profile and IPS advance directives.
MEASURES_BY_SNOMED: dict[str, Measure] = {
    "61921000052102": Measure.NO_CPR,
    "304253006": Measure.NO_CPR,
    "61931000052100": Measure.NO_LIFE_SUPPORT,
    "60741000052100": Measure.END_OF_LIFE_TALK,
    "133571000052106": Measure.OTHER,
    "306103005": Measure.OTHER,
}
COVID_DISEASE = "840539006"
COVID_SNOMED = frozenset({"1119349007", "1119305005", COVID_DISEASE})
_COVID_ATC = ("J07BX03", "J07BN")
# Infection (ICD-10-SE): virus identified; not identified, past, and what came after it.
_CONFIRMED_ICD = ("U071",)
_COVID_ICD = (*_CONFIRMED_ICD, "U072", "U089", "Z861A", "U099", "U109")


def is_covid_atc(code: str) -> bool:
    return code.upper().startswith(_COVID_ATC)


def is_covid_icd(code: str) -> bool:
    return _plain(code).startswith(_COVID_ICD)


def is_confirmed_covid_icd(code: str) -> bool:
    return _plain(code).startswith(_CONFIRMED_ICD)


def _plain(code: str) -> str:
    return code.replace(".", "").upper()
