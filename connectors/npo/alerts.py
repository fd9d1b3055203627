"""GetAlertInformation 2.0 and 3.0: to care limitation or warning.

In 2.0 a limitation is free text and nothing else; no code is ever read out of it. In 3.0 it is a coded
decision with ``approval``: false means that care is *not* limited, so such a decision has ended.
"""

from connectors.base.codes import MEASURES_BY_SNOMED
from connectors.base.dates import has_passed
from connectors.base.kinds import CareLimitation, Measure, Warning  # noqa: A004
from connectors.base.records import Record, Status, When
from connectors.base.xmlreading import child
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Element, Unreadable, coded, flag, paragraphs, text, walk, words
from connectors.rivta.identifiers import SNOMED
from connectors.rivta.times import read_period, read_time
from consent.vocabulary import InformationType

LIMITATION = "Vårdbegränsning"
# The information type for limitations, and the alert type's own word for them (KV Uppmärksamhetstyp).
_LIMITATION_CODES = frozenset({"upp-vbe", "upp-vbe-vbe", "vårdbegränsning"})
_ACTIVE, _INACTIVE = "55561003", "73425007"


def map_alert_2(draft: Draft) -> tuple[Record, ...]:
    """One of hypersensitivity, disease, treatment, infection, limitation, unstructured."""
    body = draft.body
    kind = child(body, "typeOfAlertInformation")
    restriction = child(body, "restrictionOfCare")
    is_limitation = restriction is not None or text(kind, "code").casefold() in _LIMITATION_CODES
    start, valid_to = read_period(body, "validityTimePeriod")
    obsolete = read_time(body, "obsoleteTime", may_lie_ahead=True)
    status = Status.ENDED if has_passed(obsolete) or has_passed(valid_to) else Status.ACTIVE
    said = paragraphs(text(body, "alertInformationComment"), text(body, "obsoleteComment"))
    ascertained = read_time(body, "ascertainedDate") or read_time(body, "verifiedTime")
    if is_limitation:
        said = paragraphs(text(restriction, "restrictionOfCareComment"), *_unstructured(body), said)
        if not said:
            raise Unreadable("restrictionOfCareComment")
        common = draft.common(
            InformationType.ALERT,
            status=status,
            title=LIMITATION,
            start=start or ascertained,
            end=_first_of(valid_to, obsolete),
        )
        return (
            CareLimitation(
                **common, text=said, decided=ascertained or start, decided_by=draft.header.author.name
            ),
        )
    title, substance = _warning_words(body)
    title = title or words(kind) or said.partition("\n")[0]
    if not title:
        raise Unreadable("alertInformationBody")
    sensitivity = child(body, "hypersensitivity")
    common = draft.common(
        InformationType.ALERT,
        status=status,
        title=title,
        start=start or ascertained,
        end=_first_of(valid_to, obsolete),
        codes=coded(*_coded_in_2(body)),
    )
    return (
        Warning(
            **common,
            text=said,
            substance=substance,
            severity=words(child(sensitivity, "degreeOfSeverity")),
            certainty=words(child(sensitivity, "degreeOfCertainty")),
            category=words(kind),
        ),
    )


def _first_of(one: When | None, other: When | None) -> When | None:
    """The earlier end; a doubtful one decides nothing, so the other goes before it."""
    sound = [when for when in (one, other) if when is not None and not when.is_doubtful and when.day]
    return min(sound, key=lambda when: str(when.day), default=one or other)


def _unstructured(body: Element) -> tuple[str, str]:
    inside = child(body, "unstructuredAlertInformation")
    return (
        text(inside, "unstructuredAlertInformationHeading"),
        text(inside, "unstructuredAlertInformationContent"),
    )


def _coded_in_2(body: Element) -> tuple[Element | None, ...]:
    sensitivity = child(body, "hypersensitivity", "pharmaceuticalHypersensitivity")
    return (
        child(sensitivity, "atcSubstance"),
        child(sensitivity, "pharmaceuticalProductId"),
        child(body, "hypersensitivity", "otherHypersensitivity", "hypersensitivityAgentCode"),
        child(body, "seriousDisease", "disease"),
        child(body, "treatment", "treatmentCode"),
        child(body, "treatment", "pharmaceuticalTreatment"),
        child(body, "communicableDisease", "communicableDiseaseCode"),
    )


def _warning_words(body: Element) -> tuple[str, str]:
    """What is warned of, in the source's words, and the substance where it is one."""
    medicine = child(body, "hypersensitivity", "pharmaceuticalHypersensitivity")
    other = child(body, "hypersensitivity", "otherHypersensitivity")
    products = [words(each) for each in walk(medicine, "pharmaceuticalProductId")]
    substance = (
        words(child(medicine, "atcSubstance"))
        or text(medicine, "nonATCSubstance")
        or ", ".join(dict.fromkeys(said for said in products if said))
        or words(child(other, "hypersensitivityAgentCode"))
        or text(other, "hypersensitivityAgent")
    )
    heading, content = _unstructured(body)
    title = (
        substance
        or words(child(body, "hypersensitivity", "typeOfHypersensitivity"))
        or words(child(body, "seriousDisease", "disease"))
        or text(body, "treatment", "treatmentDescription")
        or words(child(body, "treatment", "treatmentCode"))
        or words(child(body, "communicableDisease", "communicableDiseaseCode"))
        or paragraphs(heading, content)
    )
    return title, substance


def map_alert_3(draft: Draft) -> tuple[Record, ...]:
    """A decision is a care limitation; everything else is a warning."""
    decision = child(draft.body, "decisionNonstandardCareProcedure")
    if decision is not None:
        return (_map_decision(draft, decision),)
    return (_map_warning_3(draft),)


def _map_decision(draft: Draft, decision: Element) -> Record:
    """``approval`` not stated: whether it holds is unknown, and it is shown as if it did."""
    approval = flag(decision, "approval")
    status = {True: Status.ACTIVE, False: Status.ENDED, None: Status.UNKNOWN}[approval]
    code = child(decision, "code")
    # The description is the standpoint; without one, the words of the code are all there is.
    said = text(decision, "description") or words(code)
    if not said:
        raise Unreadable("decisionNonstandardCareProcedure")
    decided = read_time(decision, "timestamp")
    common = draft.common(
        InformationType.ALERT,
        status=status,
        title=words(code) or LIMITATION,
        start=decided,
        codes=coded(code),
    )
    return CareLimitation(
        **common,
        text=said,
        measures=_measures(code) if approval is not False else (),
        decided=decided,
        decided_by=draft.header.author.name,
    )


def _measures(code: Element | None) -> tuple[Measure, ...]:
    found = (MEASURES_BY_SNOMED.get(c.code) for c in coded(code) if c.system == SNOMED)
    return tuple(measure for measure in found if measure is not None)


# What 3.0 has besides decisions, and the element that says what it is.
_SORTS_3 = {
    "hypersensitivity": "value",
    "activity": "code",
    "condition": "value",
    "informationNonstandardCareProcedure": "value",
    "contagion": "value",
}
_NONE_KNOWN = "Ingen känd: "


def _map_warning_3(draft: Draft) -> Record:
    body = draft.body
    unstructured = child(body, "unstructuredAlertInformation")
    if unstructured is not None:
        title, said = text(unstructured, "title"), text(unstructured, "description")
        if not (title or said):
            raise Unreadable("unstructuredAlertInformation")
        common = draft.common(InformationType.ALERT, status=Status.UNKNOWN, title=title or said)
        return Warning(**common, text=said if title else "")
    sort = next((name for name in _SORTS_3 if child(body, name) is not None), None)
    if sort is None:
        raise Unreadable("alertInformationBody")
    alert = child(body, sort)
    value = child(alert, _SORTS_3[sort])
    products = [words(each) for each in walk(alert, "productId")] or [words(child(alert, "resource", "type"))]
    properties = [text(each, "value") for each in walk(alert, "resourceProperty")]
    substance = ", ".join(dict.fromkeys(said for said in (*products, *properties) if said))
    is_none_known = flag(alert, "negation") is True
    called = words(value) or substance
    if not called:
        raise Unreadable(sort)
    start, end = read_period(alert, "time", "timePeriod")
    common = draft.common(
        InformationType.ALERT,
        status=_status_3(alert),
        title=f"{_NONE_KNOWN}{called}" if is_none_known else called,
        start=start or read_time(alert, "time", "timestamp"),
        end=end,
        codes=coded(value),
    )
    return Warning(
        **common,
        substance="" if is_none_known else substance,
        severity=words(child(alert, "degreeOfSeverity")),
        certainty=words(child(alert, "degreeOfCertainty")),
        is_none_known=is_none_known,
    )


def _status_3(alert: Element | None) -> Status:
    code = text(alert, "status", "code")
    return {_ACTIVE: Status.ACTIVE, _INACTIVE: Status.ENDED}.get(code, Status.UNKNOWN)
