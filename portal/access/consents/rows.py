"""What is recorded, in words: for whom, from when to when, by whom, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.acts import Act
from consent.models import Consent
from consent.models.organisations import RAISED_AT
from consent.register import CAN_STILL_STOP, Entry, Sort, State
from consent.ruling import Ruling
from portal.access.consents.reasons import Given
from portal.access.sentences import day, last_day, moment
from portal.accounts.models import User

STATE_WORDS: Mapping[tuple[Sort, State], str | Promise] = {
    (Sort.CONSENT, State.HOLDS): gettext_lazy("Gäller"),
    (Sort.CONSENT, State.AHEAD): gettext_lazy("Börjar senare"),
    (Sort.CONSENT, State.UNTRUSTED): gettext_lazy("Räknas inte: registrerat före en återläsning"),
    (Sort.CONSENT, State.UNDONE): gettext_lazy("Upphävt: patienten nekade senare"),
    (Sort.CONSENT, State.EXPIRED): gettext_lazy("Har gått ut"),
    (Sort.CONSENT, State.ENDED): gettext_lazy("Avslutat"),
    (Sort.CONSENT, State.ANNULLED): gettext_lazy("Makulerat"),
    (Sort.REFUSAL, State.HOLDS): gettext_lazy("Nekat"),
    (Sort.REFUSAL, State.UNDONE): gettext_lazy("Ersatt av ett senare samtycke"),
    (Sort.REFUSAL, State.ENDED): gettext_lazy("Ersatt av ett senare samtycke"),
    (Sort.REFUSAL, State.ANNULLED): gettext_lazy("Makulerat"),
    (Sort.SIP, State.HOLDS): gettext_lazy("Gäller"),
    (Sort.SIP, State.ENDED): gettext_lazy("Avslutat"),
    (Sort.SIP, State.ANNULLED): gettext_lazy("Makulerat"),
}
NOW = CAN_STILL_STOP | {State.UNTRUSTED}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the page lists it. ``ways``: end, annul or both, where the reader may. ``given``: a reason
    sent for it that was not taken."""

    id: str
    sort: str
    state: str
    word: str
    whom: str
    when: str
    unit_id: str
    facts: tuple[str, ...]
    stopped: str
    ways: tuple[str, ...]
    given: Given | None = None

    @property
    def is_current(self) -> bool:
        return self.state in {state.value for state in NOW}


def present_rows(
    entries: Iterable[Entry], ruling: Ruling, names: Mapping[str, str], given: Given | None = None
) -> tuple[Row, ...]:
    """``names``: staff by HSA-id. What may be done follows from the acts allowed, and whose entry it is."""
    return tuple(_row(entry, ruling, names, given) for entry in entries)


def names_of_staff(entries: Iterable[Entry]) -> dict[str, str]:
    """Everybody who recorded, stopped or owns an entry, by HSA-id. For a database thread: one query."""
    ids = {i for e in entries for i in (e.recorded_by, e.stopped_by, e.employee_id) if i}
    return {user.hsa_id or "": str(user) for user in User.objects.filter(hsa_id__in=ids)}


def _row(entry: Entry, ruling: Ruling, names: Mapping[str, str], given: Given | None) -> Row:
    return Row(
        id=entry.id,
        sort=entry.sort.value,
        state=entry.state.value,
        word=str(STATE_WORDS.get((entry.sort, entry.state), entry.state.value)),
        whom=_whom(entry, names),
        when=_when(entry),
        unit_id=entry.unit_ids[0] if entry.unit_ids else "",
        facts=tuple(_facts(entry, names)),
        stopped=_stopped(entry, names),
        ways=_ways(entry, ruling),
        given=given if given is not None and given.entry_id == entry.id else None,
    )


def _ways(entry: Entry, ruling: Ruling) -> tuple[str, ...]:
    """Ended and annulled are different things; a no is only ever annulled, or followed by a yes."""
    if not entry.may_be_stopped_by(ruling.actor):
        return ()
    acts = {
        Sort.CONSENT: (("end", Act.END_CONSENT), ("annul", Act.ANNUL_CONSENT)),
        Sort.REFUSAL: (("annul", Act.ANNUL_REFUSAL),),
        Sort.SIP: (("end", Act.END_SIP_CONSENT), ("annul", Act.END_SIP_CONSENT)),
    }[entry.sort]
    return tuple(way for way, act in acts if act in ruling.acts)


def _whom(entry: Entry, names: Mapping[str, str]) -> str:
    units = ", ".join(entry.units)
    if entry.sort is Sort.SIP:
        return _("Samtycke till SIP")
    if entry.employee_id:
        who = names.get(entry.employee_id, entry.employee_id)
        return _("Endast %(who)s, %(units)s") % {"who": who, "units": units}
    return f"{entry.group_name}: {units}" if entry.group_name else units


def _when(entry: Entry) -> str:
    if entry.sort is not Sort.CONSENT:
        return moment(entry.recorded_at)
    first = day(entry.starts_at)
    if entry.ends_at is None:
        return _("Från %(first)s, tills vidare") % {"first": first}
    return _("Från %(first)s till och med %(last)s") % {"first": first, "last": last_day(entry.ends_at)}


def _facts(entry: Entry, names: Mapping[str, str]) -> Iterable[str]:
    recorded = {"when": moment(entry.recorded_at), "who": names.get(entry.recorded_by, entry.recorded_by)}
    if entry.sort is Sort.CONSENT:
        yield _("Registrerat %(when)s av %(who)s") % recorded
    else:
        yield _("Registrerat av %(who)s") % recorded
    if entry.is_reconfirmation:
        yield _("Bekräftat efter en återläsning")
    if entry.sort is Sort.CONSENT:
        form = str(dict(Consent.FORMS).get(entry.form.value, "")) if entry.form else ""
        yield _("%(form)s, genom tolk") % {"form": form} if entry.through_interpreter else form
        if entry.raised_at is not None:
            yield _("Väcktes: %(what)s") % {"what": dict(RAISED_AT)[entry.raised_at.value]}
        yield (
            _("Information: %(text)s") % {"text": entry.text}
            if entry.text
            else _("Ingen information angiven")
        )
    if entry.undone_units:
        yield _("Gäller inte längre %(units)s: nekat där") % {"units": ", ".join(entry.undone_units)}


def _stopped(entry: Entry, names: Mapping[str, str]) -> str:
    if entry.stopped_at is None:
        return ""
    who = names.get(entry.stopped_by, entry.stopped_by)
    said = {"when": moment(entry.stopped_at), "who": who, "reason": entry.reason or _("skäl saknas")}
    if entry.state is State.ANNULLED:
        return _("Makulerat %(when)s av %(who)s: %(reason)s") % said
    return _("Avslutat %(when)s av %(who)s: %(reason)s") % said
