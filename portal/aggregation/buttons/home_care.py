"""Hemsjukvård: the enrolment, and what is done at home. ADL and aids live here too."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.kinds import HomeCare, HomeCareAspect
from connectors.base.records import When
from consent.vocabulary import Kind
from portal.aggregation.buttons.declaration import Button, Column, Group, listed, name_of, phones_words
from portal.aggregation.lamps import Days, Judged, Lamp, Moment, first_dated, judge_running
from portal.aggregation.wording import full_when, short_when

ASPECT_NAMES = {
    HomeCareAspect.ENROLMENT: gettext_lazy("Inskrivning"),
    HomeCareAspect.TASK: gettext_lazy("Uppgift"),
    HomeCareAspect.DELEGATION: gettext_lazy("Delegering"),
    HomeCareAspect.ADL: gettext_lazy("ADL"),
    HomeCareAspect.AID: gettext_lazy("Hjälpmedel"),
    HomeCareAspect.VISIT: gettext_lazy("Besök"),
}


def judge(record: HomeCare, moment: Moment, _days: Days) -> Lamp:
    """Only the enrolment lights; a task or an aid that is in force is "finns"."""
    lamp = judge_running(record, moment)
    is_enrolment = record.aspect is HomeCareAspect.ENROLMENT
    return Lamp.CURRENT if lamp is Lamp.ONGOING and not is_enrolment else lamp


def dated(record: HomeCare) -> When | None:
    return first_dated(record.start, record.updated, record.recorded)


def headline(judged: Sequence[Judged], moment: Moment) -> str:
    now = [one.record for one in judged if one.lamp is not Lamp.PAST and isinstance(one.record, HomeCare)]
    enrolments = [one.record for one in judged if one.lamp is Lamp.ONGOING]
    rest = [record for record in now if record.aspect is not HomeCareAspect.ENROLMENT]
    phone = next((phone.number for record in now for phone in record.phones), "")
    parts = [enrolled_since(enrolments[0].start, moment)] if enrolments else []
    tasks = [record for record in rest if record.aspect is HomeCareAspect.TASK]
    parts.append(listed([name_of(record) for record in (tasks or rest)]))
    if phone:
        parts.append(_("ssk %(phone)s") % {"phone": phone})
    text = ", ".join(part for part in parts if part)
    return text or name_of(judged[0].record)


def enrolled_since(start: When | None, moment: Moment) -> str:
    day = short_when(start, moment.today)
    return _("Inskriven sedan %(day)s") % {"day": day} if day else _("Inskriven, datum saknas")


BUTTON = Button(
    kind=Kind.HOME_CARE,
    label=gettext_lazy("Hemsjukvård"),
    icon="homecare",
    group=Group.HOME,
    judge=judge,
    lights=gettext_lazy("En inskrivning som pågår. Uppgifter och hjälpmedel lyser inte för sig."),
    headline=headline,
    dated=dated,
    columns=(
        Column(gettext_lazy("Slag"), lambda r: str(ASPECT_NAMES[r.aspect])),
        Column(gettext_lazy("Innehåll"), lambda r: r.detail),
        Column(gettext_lazy("Utförs av"), lambda r: r.performer),
        Column(gettext_lazy("Nästa besök"), lambda r: full_when(r.next_visit)),
        Column(gettext_lazy("Telefon"), lambda r: phones_words(r.phones), is_phone=True),
    ),
)
