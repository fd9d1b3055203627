"""The invented organisations: providers, units and the people who work there, each with an HSA-id.

Phone numbers come from the ranges set aside for fiction; organisation numbers belong to nobody.
"""

from dataclasses import dataclass
from typing import Literal

ProviderKind = Literal["health_care", "social_care"]


@dataclass(frozen=True)
class Provider:
    """Who owns information: a vårdgivare or an omsorgsgivare. ``on_call_phone`` answers day and night."""

    hsa: str
    name: str
    kind: ProviderKind
    on_call_phone: str = ""


@dataclass(frozen=True)
class Unit:
    """Where people work and records are written. ``phone_night`` is None where nobody answers at night.

    ``consent_raised_at``: whoever becomes a patient or client here is asked about consent.
    """

    hsa: str
    name: str
    provider: Provider
    phone: str
    phone_night: str | None = None
    consent_raised_at: Literal["", "sol", "home_care", "care_home"] = ""


@dataclass(frozen=True)
class Staff:
    """Somebody who writes records; never one who signs in."""

    hsa: str
    name: str
    role: str
    unit: Unit


REGION = Provider("SE2321000016-R001", "Region Fjäll", "health_care", "0980-319200")
KOMMUN_VARD = Provider("SE2120000019-V001", "Fjällviks kommun, Vård", "health_care", "0980-319262")
KOMMUN_OMSORG = Provider("SE2120000019-O001", "Fjällviks kommun, Omsorg", "social_care", "0980-319271")
NORDLIDEN_VARD = Provider("SE2120000027-V001", "Nordlidens kommun, Vård", "health_care")
NORDLIDEN_OMSORG = Provider("SE2120000027-O001", "Nordlidens kommun, Omsorg", "social_care")
MYRTEN = Provider("SE5560000001-M001", "Hemtjänst Myrten AB", "social_care")

AKUTEN = Unit("SE2321000016-R0AK", "Akuten", REGION, "0980-319210", "0980-319210")
HALSOCENTRALEN = Unit("SE2321000016-R0HC", "Fjällviks hälsocentral", REGION, "0980-319220")
MEDICIN = Unit("SE2321000016-R0ME", "Medicin", REGION, "0980-319230", "0980-319231")
PSYKIATRI = Unit("SE2321000016-R0PS", "Psykiatri", REGION, "0980-319240", "0980-319241")
AMBULANS = Unit("SE2321000016-R0AM", "Ambulans", REGION, "0980-319250", "0980-319250")
HEMSJUKVARDEN = Unit(
    "SE2120000019-V0HS", "Hemsjukvården", KOMMUN_VARD, "0980-319260", "0980-319262", "home_care"
)
NATTPATRULLEN = Unit("SE2120000019-V0NP", "Nattpatrullen", KOMMUN_VARD, "0980-319262", "0980-319262")
REHAB = Unit("SE2120000019-V0RE", "Rehab", KOMMUN_VARD, "0980-319264")
HEMTJANSTEN = Unit("SE2120000019-O0HT", "Hemtjänsten", KOMMUN_OMSORG, "0980-319270", "0980-319271", "sol")
BISTANDSENHETEN = Unit("SE2120000019-O0BI", "Biståndsenheten", KOMMUN_OMSORG, "0980-319272")
TALLGLANTAN = Unit(
    "SE2120000019-O0TG", "Tallgläntan", KOMMUN_OMSORG, "0980-319274", "0980-319275", "care_home"
)
OMSORGEN_NORDLIDEN = Unit("SE2120000027-O0ON", "Omsorgen Nordliden", NORDLIDEN_OMSORG, "0980-319280")
MYRTEN_HEMTJANST = Unit("SE5560000001-M0HT", "Myrten hemtjänst", MYRTEN, "0980-319290", "0980-319291")

PROVIDERS = (REGION, KOMMUN_VARD, KOMMUN_OMSORG, NORDLIDEN_VARD, NORDLIDEN_OMSORG, MYRTEN)
UNITS = (
    AKUTEN,
    HALSOCENTRALEN,
    MEDICIN,
    PSYKIATRI,
    AMBULANS,
    HEMSJUKVARDEN,
    NATTPATRULLEN,
    REHAB,
    HEMTJANSTEN,
    BISTANDSENHETEN,
    TALLGLANTAN,
    OMSORGEN_NORDLIDEN,
    MYRTEN_HEMTJANST,
)

DR_AKUTEN = Staff("SE2321000016-1A01", "Henrik Storås", "läkare", AKUTEN)
DR_HALSOCENTRALEN = Staff("SE2321000016-1A02", "Karin Åselid", "distriktsläkare", HALSOCENTRALEN)
DR_MEDICIN = Staff("SE2321000016-1A03", "Petra Lavander", "överläkare", MEDICIN)
DR_PSYKIATRI = Staff("SE2321000016-1A04", "Olle Bergnäs", "överläkare", PSYKIATRI)
NURSE_DIALYSIS = Staff("SE2321000016-1A05", "Siri Kallbäck", "sjuksköterska", MEDICIN)
NURSE_HOME = Staff("SE2120000019-1V01", "Annika Rimfors", "sjuksköterska", HEMSJUKVARDEN)
THERAPIST = Staff("SE2120000019-1V02", "Johan Tallmo", "arbetsterapeut", REHAB)
CASE_OFFICER = Staff("SE2120000019-1O01", "Lena Ödvall", "biståndshandläggare", BISTANDSENHETEN)
HOME_HELP = Staff("SE2120000019-1O02", "Mikael Strandå", "fast omsorgskontakt", HEMTJANSTEN)
CARE_HOME = Staff("SE2120000019-1O03", "Birgit Lillmo", "enhetschef", TALLGLANTAN)
NORDLIDEN_OFFICER = Staff("SE2120000027-1O01", "Yngve Norrby", "handläggare", OMSORGEN_NORDLIDEN)
MYRTEN_COORDINATOR = Staff("SE5560000001-1M01", "Sofia Myrén", "samordnare", MYRTEN_HEMTJANST)

REGION_STAFF = (DR_AKUTEN, DR_HALSOCENTRALEN, DR_MEDICIN, DR_PSYKIATRI, NURSE_DIALYSIS)
