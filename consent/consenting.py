"""Recording consent: given, refused, ended, annulled, stood by; and the separate consent to a SIP.

As in ``consent.recording``: one transaction each, for a database thread, raising NotAllowed, LogUnavailable.
Ended (avsluta) and annulled (makulera) are different things, both final, both kept with their reason.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TypedDict, Unpack

from django.db.models import Q, QuerySet

from consent import standing
from consent.accesslog.events import Event
from consent.acts import Act, NotAllowed
from consent.following import end_following
from consent.ledger import legal_settings
from consent.models import CareRelation, Consent, ConsentRefusal, InformationText, SipConsent, UnitGroup
from consent.recording import Opened, Recorder, are_own, plain, recorded, unit_meant
from consent.terms import SWEDISH_TIME
from consent.vocabulary import ConsentForm, Purpose, RaisedAt, Right

MOVED = "relationen upphörde"
# What a consent that the patient stands by takes over from the older one.
_SAME = ("employee_id", "unit_ids", "group_name", "raised_at", "form", "through_interpreter", "ends_at")


class ConsentTerms(TypedDict, total=False):
    """What a consent holds for. Days are days in Sweden, the last one included; no ``until``: until further
    notice. ``unit_ids``: the reader's own unit where none is named; ``group_id``: a named group instead.
    ``information_id``: the text that the patient was given.
    """

    is_personal: bool
    starts: date | None
    until: date | None
    unit_ids: Sequence[str]
    group_id: int | None
    raised_at: RaisedAt | None
    form: ConsentForm
    through_interpreter: bool
    information_id: int | None


def give_consent(by: Recorder, **terms: Unpack[ConsentTerms]) -> None:
    """The patient consents: to the reader's unit and units named with it, to a group, or to the reader.

    It ends the refusals of its units; a personal one only goes past them for the reader, for the colleagues
    the no still stands.
    """
    with recorded(by, Act.GIVE_CONSENT, Event.CONSENT_GIVEN) as (opened, detail):
        consent = _make_consent(by, opened, terms)
        detail.update(
            act=str(consent.id),
            personal=bool(consent.employee_id),
            units=consent.unit_ids,
            until=_text_of(terms.get("until")),
            starts=_text_of(terms.get("starts")),
            raised_at=consent.raised_at,
            form=consent.form,
            interpreter=consent.through_interpreter,
        )


def reconfirm_consent(by: Recorder) -> None:
    """After a restore: the patient stands by what was recorded before it: a new act, the same terms."""
    with recorded(by, Act.RECONFIRM_CONSENT, Event.CONSENT_GIVEN) as (opened, detail):
        waiting = standing.consent_to_reconfirm(by.actor, opened.facts, opened.now)
        if waiting is None:
            raise NotAllowed(Act.RECONFIRM_CONSENT)
        old = Consent.objects.get(pk=waiting.id)
        kept = {name: getattr(old, name) for name in _SAME}
        consent = Consent.objects.create(**opened.shared, **kept, information=old.information, reconfirms=old)
        detail.update(act=str(consent.id), reconfirms=str(old.pk))


def refuse_consent(by: Recorder, unit_id: str = "") -> None:
    """The patient says no, to this unit. Consents given here before hold no longer (``standing`` sees to it).

    Their rows stay as they are: other units named in them keep theirs, and a no that was a mistake can be
    annulled as if it had never been.
    """
    with recorded(by, Act.REFUSE_CONSENT, Event.CONSENT_REFUSED) as (opened, detail):
        unit = unit_meant(by, unit_id, Act.REFUSE_CONSENT)
        refusal = ConsentRefusal.objects.create(**{**opened.shared, "unit_id": unit})
        detail.update(act=str(refusal.id), unit=refusal.unit_id, provider=refusal.provider_id)


def annul_refusal(by: Recorder, reason: str, unit_id: str = "") -> None:
    """A mis-tapped no, made undone in one step (makulera, felregistrerat)."""
    with recorded(by, Act.ANNUL_REFUSAL, Event.REFUSAL_ANNULLED, reason) as (opened, detail):
        unit = unit_meant(by, unit_id, Act.ANNUL_REFUSAL)
        count = _standing_refusals(opened, [unit]).update(
            annulled_at=opened.now, annulled_by=by.actor.hsa_id, annul_reason=plain(reason)
        )
        detail.update(count=count)


def end_consent(by: Recorder, reason: str, consent_id: str = "") -> None:
    """The patient takes the consent back (avsluta): it holds no longer than to the next byte.

    ``consent_id``: one of them; otherwise every consent that covers the reader's unit.
    """
    with recorded(by, Act.END_CONSENT, Event.CONSENT_ENDED, reason) as (opened, detail):
        ended = [c.pk for c in _standing_consents(opened, by, consent_id)]
        if consent_id and not ended:
            raise NotAllowed(Act.END_CONSENT)
        count = Consent.objects.filter(pk__in=ended).update(
            ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason=plain(reason)
        )
        detail.update(count=count, acts=[str(pk) for pk in ended])


def annul_consent(by: Recorder, reason: str, consent_id: str = "") -> None:
    """Registered by mistake (makulera): it never was, and is kept to show that."""
    with recorded(by, Act.ANNUL_CONSENT, Event.CONSENT_ANNULLED, reason) as (opened, detail):
        annulled = [c.pk for c in _standing_consents(opened, by, consent_id)]
        if not annulled:
            raise NotAllowed(Act.ANNUL_CONSENT)
        Consent.objects.filter(pk__in=annulled).update(
            annulled_at=opened.now, annulled_by=by.actor.hsa_id, annul_reason=plain(reason)
        )
        detail.update(count=len(annulled), acts=[str(pk) for pk in annulled])


def end_relation(by: Recorder, reason: str) -> None:
    """The patient is no longer the unit's (moved, discharged): its relations end, and its consents with them.

    A consent for several units stays while one of them still has the patient.
    """
    with recorded(by, Act.END_RELATION, Event.RELATION_ENDED, reason) as (opened, detail):
        stop = {"ended_at": opened.now, "ended_by": by.actor.hsa_id}
        relations = CareRelation.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=opened.now),
            dossier__in=opened.ids,
            ended_at=None,
            annulled_at=None,
        )
        relations.filter(unit_id=by.actor.unit.hsa_id).update(**stop, end_reason=plain(reason))
        kept = set(relations.values_list("unit_id", flat=True))
        over = [c.pk for c in _standing_consents(opened, by) if not kept & set(c.unit_ids)]
        Consent.objects.filter(pk__in=over).update(**stop, end_reason=MOVED)
        end_following(opened, by, MOVED)
        detail.update(acts=[str(pk) for pk in over], unit=by.actor.unit.hsa_id)


def give_sip_consent(by: Recorder) -> None:
    """The patient agrees to a SIP (2017:612 4:2). Opens nothing."""
    with recorded(by, Act.GIVE_SIP_CONSENT, Event.SIP_CONSENT_GIVEN) as (opened, detail):
        detail.update(act=str(SipConsent.objects.create(**opened.shared).id))


def end_sip_consent(by: Recorder, reason: str, *, is_mistake: bool = False) -> None:
    """Taken back, or, where it was a mistake, annulled."""
    event = Event.SIP_CONSENT_ANNULLED if is_mistake else Event.SIP_CONSENT_ENDED
    with recorded(by, Act.END_SIP_CONSENT, event, reason) as (opened, detail):
        stop = (
            ("annulled_at", "annulled_by", "annul_reason")
            if is_mistake
            else ("ended_at", "ended_by", "end_reason")
        )
        values = dict(zip(stop, (opened.now, by.actor.hsa_id, plain(reason)), strict=True))
        rows = SipConsent.objects.filter(
            dossier__in=opened.ids, provider_id=by.actor.provider.hsa_id, ended_at=None, annulled_at=None
        )
        detail.update(count=rows.update(**values))


def _make_consent(by: Recorder, opened: Opened, terms: ConsentTerms) -> Consent:
    units, group_name = _units_of(by, terms)
    starts, until = terms.get("starts"), terms.get("until")
    begins_at = datetime.combine(starts, time(), SWEDISH_TIME) if starts else opened.now
    begins_at = max(begins_at, opened.now)
    ends_at = standing.end_of_day(until) if until else None
    if ends_at is not None and ends_at <= begins_at:
        raise NotAllowed(Act.GIVE_CONSENT)
    raised_at = terms.get("raised_at")
    consent = Consent.objects.create(
        **{**opened.shared, "starts_at": begins_at, "unit_id": units[0]},
        employee_id=by.actor.hsa_id if terms.get("is_personal") else "",
        unit_ids=units,
        group_name=group_name,
        ends_at=ends_at,
        raised_at=raised_at.value if raised_at else "",
        form=terms.get("form", ConsentForm.ORAL).value,
        through_interpreter=terms.get("through_interpreter", False),
        information=_text_given(terms.get("information_id")),
    )
    if not consent.employee_id and begins_at == opened.now:
        _standing_refusals(opened, units).update(
            ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason="nytt samtycke"
        )
    return consent


def _units_of(by: Recorder, terms: ConsentTerms) -> tuple[list[str], str]:
    """Units and, where a group was named, its name. For another provider's units nobody records here.

    A reader always records for her own unit too, an administrator for those she names.
    """
    group_id = terms.get("group_id")
    if group_id is not None:
        group = UnitGroup.objects.filter(
            pk=group_id, provider_id=by.actor.provider.hsa_id, is_active=True
        ).first()
        units = sorted(group.units.values_list("pk", flat=True)) if group else []
        if group is None or not units:
            raise NotAllowed(Act.GIVE_CONSENT)
        return units, group.name
    named = terms.get("unit_ids", ())
    own = () if named and by.actor.purpose is Purpose.ADMINISTRATION else (by.actor.unit.hsa_id,)
    units = list(dict.fromkeys([*own, *named]))
    any_provider = legal_settings().records_for_other_providers
    if not are_own(by.actor, units, any_provider=any_provider):
        raise NotAllowed(Act.GIVE_CONSENT)
    return units, ""


def _standing_refusals(opened: Opened, unit_ids: Sequence[str]) -> QuerySet[ConsentRefusal]:
    return ConsentRefusal.objects.filter(
        dossier__in=opened.ids, unit_id__in=unit_ids, ended_at=None, annulled_at=None
    )


def _standing_consents(opened: Opened, by: Recorder, consent_id: str = "") -> list[Consent]:
    """Those of the reader's unit that are not over, or the one named. An administrator reaches every unit of
    the provider. Picked here: databases search JSON lists differently."""
    rows = Consent.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=opened.now),
        dossier__in=opened.ids,
        provider_id=by.actor.provider.hsa_id,
        ended_at=None,
        annulled_at=None,
    )
    reaches_all = Right.ADMINISTER_CONSENTS in by.actor.rights and bool(consent_id)
    mine = [
        c
        for c in rows
        if reaches_all or (by.actor.unit.hsa_id in c.unit_ids and c.employee_id in ("", by.actor.hsa_id))
    ]
    return [c for c in mine if str(c.pk) == consent_id] if consent_id else mine


def _text_given(text_id: int | None) -> InformationText | None:
    return InformationText.objects.filter(pk=text_id).first() if text_id is not None else None


def _text_of(day: date | None) -> str | None:
    return day.isoformat() if day else None
