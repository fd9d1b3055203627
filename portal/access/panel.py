"""The access step as the overview and its own page show it. What may be offered is ``ruling.acts`` alone."""

from dataclasses import dataclass
from datetime import timedelta

from consent.acts import Act
from consent.ruling import Ruling
from consent.terms import Basis
from consent.vocabulary import Distance, Purpose
from portal.access import sentences
from portal.access.oncall import OnCall
from portal.dates import today

DEFAULT_CONSENT_DAYS = 365
LONGEST_CONSENT = timedelta(days=5 * 366)
CONSENT_ACTS = frozenset(
    {Act.GIVE_CONSENT, Act.END_CONSENT, Act.ANNUL_REFUSAL, Act.GIVE_SIP_CONSENT, Act.END_SIP_CONSENT}
)
# After a death the own provider's units are chosen as before; about the person nothing more is recorded.
OF_THE_DEAD = frozenset({Act.CONFIRM_RELATION, Act.CHOOSE_UNITS, Act.ANSWER_LIFT_REQUEST})


@dataclass(frozen=True, slots=True)
class AccessPanel:
    """Every line is a finished sentence; empty: nothing to say. ``may``: names of the acts that are offered.

    ``numbers``: whom to ring while the patient cannot answer. ``consents_page``: whether the reader has one.
    """

    handle: str
    may: frozenset[str]
    dead_end: str
    relation: str
    consent: str
    ahead: str
    reconfirm: str
    refusal: str
    inability: str
    temporary: str
    numbers: tuple[OnCall, ...]
    child: tuple[str, ...]
    notes: tuple[str, ...]
    language: str
    interpreter_phone: str
    through_interpreter: bool
    emergency: str
    other_units: str
    sip: str
    consents_page: bool
    default_until: str
    latest_until: str

    @property
    def is_calm(self) -> bool:
        """Everything is open and nothing is asked for: one line with the consent is enough."""
        asks = {"confirm_relation", "give_consent", "choose_units", "renew_inability", "reconfirm_consent"}
        return not (asks & self.may or self.dead_end)

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do or know before the buttons are read."""
        return bool(not self.is_calm or self.refusal or self.emergency or self.temporary)


def access_panel(ruling: Ruling, handle: str, numbers: tuple[OnCall, ...] = ()) -> AccessPanel:
    person = ruling.person
    may = offered(ruling)
    asks = Act.GIVE_CONSENT in may
    language = sentences.language_words(ruling) if asks else ""
    return AccessPanel(
        handle=handle,
        may=frozenset(act.value for act in may),
        dead_end=sentences.dead_end(ruling),
        relation=sentences.relation_words(ruling),
        consent=sentences.consent_words(ruling),
        ahead=sentences.ahead_words(ruling),
        reconfirm=sentences.reconfirm_words(ruling),
        refusal=sentences.refusal_words(ruling),
        inability=sentences.inability_words(ruling),
        temporary=sentences.temporary_words(ruling),
        numbers=numbers,
        child=sentences.child_words(ruling),
        notes=tuple(
            filter(None, (sentences.certificate_words(ruling), sentences.administration_words(ruling)))
        ),
        language=language,
        interpreter_phone=person.interpreter_phone if language and person.needs_interpreter else "",
        through_interpreter=bool(language) and person.needs_interpreter,
        emergency=sentences.emergency_words(ruling),
        other_units=sentences.unit_words(ruling),
        sip=sentences.sip_words(ruling) if {Act.GIVE_SIP_CONSENT, Act.END_SIP_CONSENT} & may else "",
        consents_page=bool(CONSENT_ACTS & ruling.acts),
        default_until=(today() + timedelta(days=DEFAULT_CONSENT_DAYS)).isoformat(),
        latest_until=(today() + LONGEST_CONSENT).isoformat(),
    )


def offered(ruling: Ruling) -> frozenset[Act]:
    """Of what may be recorded, that which there is any reason to record now."""
    standing = ruling.standing
    if ruling.actor.purpose is Purpose.ADMINISTRATION:
        # Who administers works on the page of consents, where it is said for which unit.
        return frozenset()
    acts = set(ruling.acts if ruling.person.died is None else ruling.acts & OF_THE_DEAD)
    if standing.consent is not None:
        acts -= {Act.GIVE_CONSENT, Act.REFUSE_CONSENT}
    if standing.refusal is not None:
        acts.discard(Act.REFUSE_CONSENT)
    if standing.has_all_units:
        acts.discard(Act.CHOOSE_UNITS)
    if standing.consent is not None or standing.emergency is not None or _others_are_open(ruling):
        acts.discard(Act.DECLARE_EMERGENCY)
    return frozenset(acts)


def _others_are_open(ruling: Ruling) -> bool:
    return any(
        isinstance(decision, Basis)
        for reach, decision in ruling.decisions.items()
        if reach.distance is Distance.OTHER_PROVIDER
    )
