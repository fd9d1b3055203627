"""The three sorts of file, judged against what there is; and the good rows saved, in one transaction.

What there is is read once, so that twenty thousand rows cost a handful of queries.
"""

import copy
from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from consent.admin.organisations import is_in_use
from consent.models import CareProvider, CareUnit
from portal.accounts.groups import USERS as EVERYBODY
from portal.accounts.importing import Row
from portal.accounts.importing_columns import (
    ASSIGNMENTS,
    CLEAR,
    RIGHTS,
    UNITS,
    USERS,
    YES_OR_NO,
    occasions,
    purposes,
)
from portal.accounts.importing_rows import Draft, Flaw, Plan, hsa_id_in, judge_rows
from portal.accounts.models import Assignment, Dependence, User, note_dependence

AT_ONCE = 500
FIELDS = {
    UNITS: ("name", "provider", "phone", "on_call_phone", "consent_raised_at"),
    USERS: ("username", "first_name", "last_name", "title", "is_active"),
    ASSIGNMENTS: ("is_active", "valid_from", "valid_until", *RIGHTS.values()),
}


def make_plan(sort: str, rows: Sequence[Row], by: User) -> Plan:
    """What reading these rows in would do now, for this administrator."""
    if sort == UNITS:
        return _plan_units(rows)
    return _plan_users(rows, by) if sort == USERS else _plan_assignments(rows, by)


def carry_out(sort: str, plan: Plan, by: User) -> None:
    """In the caller's transaction. ``by`` has had a hand in the accounts from then on."""
    model = {UNITS: CareUnit, USERS: User, ASSIGNMENTS: Assignment}[sort]
    made = model._default_manager.bulk_create(plan.made, batch_size=AT_ONCE)  # noqa: SLF001
    model._default_manager.bulk_update(plan.changed, FIELDS[sort], batch_size=AT_ONCE)  # noqa: SLF001
    if sort == USERS:
        note_dependence(made, by, Dependence.MADE)
        note_dependence(plan.changed, by, Dependence.RIGHTS)
    if sort == USERS and made:
        group, _is_new = Group.objects.get_or_create(name=EVERYBODY)
        membership = User.groups.through
        rows = [membership(user_id=user.pk, group_id=group.pk) for user in made]
        membership._default_manager.bulk_create(rows, batch_size=AT_ONCE)  # noqa: SLF001


def _plan_units(rows: Sequence[Row]) -> Plan:
    providers = CareProvider.objects.in_bulk()
    units = CareUnit.objects.in_bulk()
    when = occasions()

    def judge(row: Row) -> Draft:
        hsa_id = hsa_id_in(row, UNITS, "hsa_id")
        found = units.get(hsa_id)
        unit = copy.copy(found) if found else CareUnit(hsa_id=hsa_id)
        draft = Draft(UNITS, row, (hsa_id,), unit, found is None)
        if draft.cell("provider"):
            provider_id = hsa_id_in(row, UNITS, "provider")
            if provider_id not in providers:
                raise Flaw(_("Vårdgivaren %s finns inte.") % provider_id)
            if found and found.provider_id != provider_id and is_in_use(found):
                raise Flaw(_("Enheten används och kan inte flyttas till en annan vårdgivare."))
            draft.put("provider_id", provider_id, "provider")
        for name in ("name", "phone", "on_call_phone"):
            draft.put_text(name)
        draft.put_word("raised_at", when, "consent_raised_at", cleared="")
        if not unit.provider_id:
            raise Flaw(_("En ny enhet måste ange vilken vårdgivare den tillhör."))
        draft.check(exclude=("provider",))
        return draft

    return judge_rows(rows, judge)


def _plan_users(rows: Sequence[Row], by: User) -> Plan:
    users = {user.hsa_id: user for user in User.objects.exclude(hsa_id=None)}
    names = dict(User.objects.values_list("username", "hsa_id"))

    def judge(row: Row) -> Draft:
        hsa_id = hsa_id_in(row, USERS, "hsa_id")
        found = users.get(hsa_id)
        user = copy.copy(found) if found else User(hsa_id=hsa_id, username=hsa_id.lower())
        if found is None:
            user.set_unusable_password()
        _refuse_above(found, by)
        draft = Draft(USERS, row, (hsa_id,), user, found is None)
        for name in ("username", "first_name", "last_name", "title"):
            draft.put_text(name)
        draft.put_word("is_active", YES_OR_NO)
        if not user.last_name:
            raise Flaw(_("Efternamn saknas."))
        if names.get(user.username, hsa_id) != hsa_id:
            raise Flaw(_("Användarnamnet är redan någon annans."))
        draft.check(exclude=("password",))
        names[user.username] = hsa_id
        return draft

    return judge_rows(rows, judge)


def _plan_assignments(rows: Sequence[Row], by: User) -> Plan:
    users = {user.hsa_id: user for user in User.objects.exclude(hsa_id=None)}
    units = set(CareUnit.objects.values_list("pk", flat=True))
    held = {(a.user_id, a.unit_id, a.purpose): a for a in Assignment.objects.all()}
    words = purposes()

    def judge(row: Row) -> Draft:
        hsa_id, unit_id = hsa_id_in(row, ASSIGNMENTS, "user"), hsa_id_in(row, ASSIGNMENTS, "unit")
        user = users.get(hsa_id)
        if user is None:
            raise Flaw(_("Användaren %s finns inte.") % hsa_id)
        _refuse_above(user, by)
        if unit_id not in units:
            raise Flaw(_("Enheten %s finns inte.") % unit_id)
        purpose = row.values["purpose"].casefold()
        if purpose not in words:
            raise Flaw(_("Ändamål: välj bland %s.") % ", ".join(words))
        found = held.get((user.pk, unit_id, words[purpose]))
        made = Assignment(user_id=user.pk, unit_id=unit_id, purpose=words[purpose])
        draft = Draft(
            ASSIGNMENTS, row, (hsa_id, unit_id, words[purpose]), copy.copy(found) or made, found is None
        )
        _put_rights(draft)
        draft.put_day("valid_from")
        draft.put_day("valid_until")
        draft.put_word("is_active", YES_OR_NO)
        first, last = draft.obj.valid_from, draft.obj.valid_until
        if first and last and last < first:
            raise Flaw(_("Sista dagen ligger före den första."))
        draft.check(exclude=("user", "unit"))
        return draft

    return judge_rows(rows, judge)


def _put_rights(draft: Draft) -> None:
    """All rights that the assignment has from now on; ``-`` for none."""
    text = draft.cell("rights")
    if not text:
        return
    named = set() if text == CLEAR else {" ".join(r.casefold().split()) for r in text.split("+")}
    if unknown := named - RIGHTS.keys():
        raise Flaw(
            _("Rättigheter: ”%(cell)s” finns inte. Välj bland: %(words)s.")
            % {"cell": ", ".join(sorted(unknown))[:60], "words": ", ".join(RIGHTS)}
        )
    for right, attribute in RIGHTS.items():
        draft.put(attribute, right in named, "rights")


def _refuse_above(user: User | None, by: User) -> None:
    """As on the pages: nobody changes what they themselves may do, or somebody above the groups."""
    if user is None or by.is_superuser:
        return
    if user.pk == by.pk:
        raise Flaw(_("Du kan inte ändra dina egna uppgifter eller uppdrag."))
    if user.is_superuser:
        raise Flaw(_("Den användaren kan bara ändras av en annan med samma behörighet."))
