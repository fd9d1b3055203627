"""GetCareServices 2.0: municipal services, to home care (HSL) or social service (SoL, LSS).

The laws are never merged. Types a source uses for services outside the overview (SVOD 1:3: children,
income, addiction, violence) are told in its settings, and leave no trace; other unknown types are not
guessed at.
"""

from collections.abc import Mapping

from connectors.base.dates import has_passed
from connectors.base.kinds import HomeCare, HomeCareAspect, SocialService
from connectors.base.records import Law, Phone, Record, Status, When
from connectors.base.xmlreading import child
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Unreadable, paragraphs, text, words
from connectors.rivta.times import lies_ahead, read_period
from consent.vocabulary import CareKind, InformationType

ENROLMENT = "HSJV"
SOCIAL: Mapping[str, tuple[Law, str]] = {
    "HTJ": (Law.SOL, "Hemtjänst"),
    "SVTJ": (Law.SOL, "Stöd och service"),
    "SÄBO": (Law.SOL, "Särskilt boende"),
    "LSS": (Law.LSS, "Insats enligt LSS"),
}
HOUSING = "SÄBO"
OUTSIDE_TYPES = "outside_types"


def kind_of(draft: Draft) -> str:
    return (text(draft.body, "typeOfCareService") or words(child(draft.body, "typeOfCareService"))).upper()


def is_outside_the_law(draft: Draft) -> bool:
    told = draft.profile.settings.get(OUTSIDE_TYPES, "")
    return kind_of(draft) in {each.upper() for each in told.replace(",", " ").split()}


def map_service(draft: Draft) -> tuple[Record, ...]:
    if is_outside_the_law(draft):
        return ()
    kind = kind_of(draft)
    if kind == ENROLMENT:
        return (_map_enrolment(draft),)
    if kind not in SOCIAL:
        raise Unreadable("typeOfCareService")
    return (_map_social(draft, kind),)


def _status(start: When | None, end: When | None) -> Status:
    if has_passed(end):
        return Status.ENDED
    return Status.PLANNED if lies_ahead(start) else Status.ACTIVE


def _phones(draft: Draft) -> tuple[Phone, ...]:
    number = draft.header.unit_phone
    return (Phone(number, label=draft.header.unit_name),) if number else ()


def _map_enrolment(draft: Draft) -> Record:
    start, end = read_period(draft.body, "timePeriod")
    common = draft.common(
        InformationType.DOCUMENTATION,
        status=_status(start, end),
        title="Hemsjukvård",
        start=start,
        end=end,
    )
    detail = paragraphs(*(text(draft.body, name) for name in ("input", "scope", "housing")))
    return HomeCare(**common, aspect=HomeCareAspect.ENROLMENT, detail=detail, phones=_phones(draft))


def _map_social(draft: Draft, kind: str) -> Record:
    """An owner known as a vårdgivare does not give services under SoL or LSS: whose it is, is in doubt."""
    law, called = SOCIAL[kind]
    start, end = read_period(draft.body, "timePeriod")
    common = draft.common(
        InformationType.SOCIAL,
        status=_status(start, end),
        title=called,
        start=start,
        end=end,
        care_kind=CareKind.SOCIAL_CARE,
    )
    if common["origin"].provider.kind is not CareKind.SOCIAL_CARE:
        raise Unreadable("careGiver")
    return SocialService(
        **common,
        text=paragraphs(text(draft.body, "input"), text(draft.body, "housing")),
        law=law,
        service=called,
        extent=text(draft.body, "scope"),
        performer=draft.header.unit_name,
        is_housing=kind == HOUSING,
        phones=_phones(draft),
    )
