"""The words of the open interface that carry meaning, what each becomes, and how it is said to a vendor."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Words
from connectors.base.kinds import ContactRole, Measure
from connectors.base.records import Law, Status
from consent.vocabulary import IdType

STATUSES: Mapping[str, tuple[Status, Words]] = {
    "active": (Status.ACTIVE, _("gäller nu")),
    "planned": (Status.PLANNED, _("beslutad eller bokad, inte påbörjad")),
    "ended": (Status.ENDED, _("avslutad")),
    "cancelled": (Status.CANCELLED, _("inställd eller upphörd i förtid")),
    "error": (Status.IN_ERROR, _("felregistrerad: posten dras tillbaka")),
}
WITHDRAWN = "error"
LAWS: Mapping[str, Words] = {
    Law.HSL.value: _("hälso- och sjukvård (hälso- och sjukvårdslagen)"),
    Law.SOL.value: _("socialtjänst (socialtjänstlagen)"),
    Law.LSS.value: _("stöd och service till vissa funktionshindrade"),
}
# Laws that lie outside SVOD 1:3 altogether: compulsory care of the young and of substance misuse.
OUTSIDE_LAWS = frozenset({"lvu", "lvm"})
PATIENT_TYPES: Mapping[str, tuple[IdType, Words]] = {
    "pnr": (IdType.PERSONNUMMER, _("personnummer")),
    "snr": (IdType.SAMORDNINGSNUMMER, _("samordningsnummer")),
    "rnr": (IdType.RESERVNUMMER, _("reservnummer")),
}
MEASURES: Mapping[str, tuple[Measure, Words]] = {
    "no_cpr": (Measure.NO_CPR, _("ej hjärt-lungräddning")),
    "no_icu": (Measure.NO_INTENSIVE_CARE, _("ej intensivvård")),
    "no_life_support": (Measure.NO_LIFE_SUPPORT, _("ej livsuppehållande behandling")),
    "palliative": (Measure.OTHER, _("palliativ inriktning")),
    "other": (Measure.OTHER, _("annan begränsning")),
}
ROLES: Mapping[str, tuple[ContactRole, Words]] = {
    "pal": (ContactRole.PAL, _("patientansvarig läkare")),
    "fast_kontakt": (ContactRole.CARE_CONTACT, _("fast vårdkontakt")),
    "omsorgskontakt": (ContactRole.SOCIAL_CONTACT, _("fast omsorgskontakt")),
    "case_handler": (ContactRole.CASE_HANDLER, _("handläggare")),
    "next_of_kin": (ContactRole.RELATIVE, _("närstående")),
    "on_call": (ContactRole.ON_CALL, _("jour")),
    "clinic": (ContactRole.UNIT, _("enhet")),
}
# Services for older people and people with disabilities (SVOD 1:3). What is none of these is not guessed at.
SERVICES: Mapping[str, Words] = {
    "home_service": _("hemtjänst"),
    "alarm": _("trygghetslarm"),
    "meals": _("matdistribution"),
    "care_home": _("särskilt boende"),
    "short_stay": _("korttidsvistelse"),
    "alternating_stay": _("växelvård"),
    "day_activity": _("dagverksamhet"),
    "escort": _("ledsagning"),
    "housing_support": _("boendestöd"),
    "relief": _("avlösning"),
    "relatives_support": _("stöd till anhöriga"),
    "contact_person": _("kontaktperson"),
    "personal_assistance": _("personlig assistans"),
    "service_housing": _("servicebostad"),
    "group_housing": _("gruppbostad"),
    "daily_activity": _("daglig verksamhet"),
    "advice_and_support": _("råd och stöd"),
    "travel": _("färdtjänst"),
    "other": _("annan insats för äldre eller personer med funktionsnedsättning"),
}
# Social services outside SVOD 1:3: never kept, counted or told of.
OUTSIDE_SERVICES = frozenset(
    {
        "child_protection", "foster_care", "family_law", "financial_aid", "debt_counselling",
        "addiction_care", "domestic_violence", "sheltered_housing",
    }
)  # fmt: skip
