"""Care limitation: a Flag by the Swedish alert profile; in a patient summary a Consent about treatment, which
is what IPS has for it. The text is the source's, word for word; a code stands only where the source sent it.
"""

from connectors.base.kinds import CareLimitation, Measure
from connectors.base.records import Status
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import Telling, author_of, begin, date_time, filled, period, required, term

# What nobody has ended counts as valid, as on the page: one missed does more harm than one read too often.
FLAG_STATUS = {Status.ENDED: "inactive", Status.CANCELLED: "inactive", Status.IN_ERROR: "entered-in-error"}
_CONSENT_STATUS = {
    Status.PLANNED: "proposed",
    Status.ENDED: "inactive",
    Status.CANCELLED: "rejected",
    Status.IN_ERROR: "entered-in-error",
}


def map_limitation(record: CareLimitation, telling: Telling) -> Resource:
    flag = begin(record, telling, "Flag")
    flag["meta"] = {**flag.get("meta", {}), "profile": [names.LIMITATION_PROFILE]}
    return {
        **flag,
        "status": FLAG_STATUS.get(record.status, "active"),
        "category": [term(names.ALERT_CATEGORY, names.ALERT_DECISION)],
        "code": required(record.text or record.title, record.codes),
        **filled(
            period=period(record.start or record.decided, record.end),
            author=author_of(record, record.decided_by),
        ),
    }


def map_directive(record: CareLimitation, telling: Telling) -> Resource:
    """As it stands among the advance directives of a summary."""
    category = [term(names.ALERT_CATEGORY, names.ALERT_DECISION)]
    if Measure.NO_CPR in record.measures:
        category.append(term(names.CONSENT_CATEGORY, "dnr"))
    performer = author_of(record, record.decided_by)
    return {
        **begin(record, telling, "Consent", "patient"),
        "status": _CONSENT_STATUS.get(record.status, "active"),
        "scope": term(names.CONSENT_SCOPE, "treatment"),
        "category": category,
        # Nothing in it is a policy of ours: it is a standpoint of whoever decided it.
        "policyRule": {"text": "SOSFS 2011:7"},
        "provision": filled(
            period=period(record.start, record.end),
            code=[required(record.text or record.title, record.codes)],
        ),
        **filled(
            dateTime=date_time(record.decided or record.recorded), performer=[performer] if performer else []
        ),
    }
