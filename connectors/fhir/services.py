"""ServiceRequest (the decision) to an insats under SoL or LSS. No Swedish profile: the law must be coded."""

from connectors.base.dates import read_when
from connectors.base.kinds import SocialService
from connectors.base.records import Law, Record, Status
from connectors.fhir.contacts import phones_of
from connectors.fhir.dates import read_choice, read_period
from connectors.fhir.drafting import Draft, read_status
from connectors.fhir.elements import Unreadable, all_words, codes, items, notes, text, words
from consent.vocabulary import InformationType

_STATUS = {
    "draft": Status.PLANNED,
    "active": Status.ACTIVE,
    "on-hold": Status.UNKNOWN,
    "revoked": Status.CANCELLED,
    "completed": Status.ENDED,
}
_LAWS = {"sol": Law.SOL, "lss": Law.LSS}


def map_service_request(draft: Draft) -> tuple[Record, ...]:
    """Requests under another law (a referral, an order of tests) are no insats, and give nothing."""
    laws = [_LAWS[c.code.lower()] for c in codes(draft.get("category")) if c.code.lower() in _LAWS]
    if not laws:
        return ()
    if draft.get("doNotPerform") is True:
        raise Unreadable("do not do")
    service = words(draft.get("code"))
    start, end = read_period(draft.get("occurrencePeriod"))
    decided = read_when(draft.get("authoredOn"))
    performers = items(draft.get("performer"))
    found = [draft.directory.find(reference, draft.resource) for reference in performers]
    common = draft.common(
        InformationType.SOCIAL,
        status=read_status(draft.get("status"), _STATUS),
        title=service or "Insats",
        author=draft.get("requester"),
        start=start or read_choice(draft.resource, "occurrence", may_lie_ahead=True),
        end=end,
        recorded=decided,
        coded=codes(draft.get("code")),
    )
    record = SocialService(
        **common,
        text=notes(draft.resource),
        law=laws[0],
        service=service,
        extent=all_words(draft.get("orderDetail")) or text(draft.get("patientInstruction")),
        decision=decided.verbatim if decided else "",
        performer=", ".join(name for reference in performers if (name := draft.label(reference))),
        phones=phones_of(*found),
    )
    return (record,)
