"""The words about blocks (rows 3, 4, 12, 13): who may lift, what is lifted, whom to ask, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.acts import Act
from consent.facts import LiftFact, LiftRequestFact
from consent.ruling import Ruling
from consent.terms import Block, Provider
from consent.vocabulary import BlockKind, InformationType
from portal.access.oncall import NOT_DIALLED, OnCall
from portal.access.sentences import moment

# In a form, for a block that names no unit.
WHOLE_PROVIDER = "*"


@dataclass(frozen=True, slots=True)
class Blocker:
    """A vårdgivare whose outer block stands in the reader's emergency, and how far a request has come."""

    provider_id: str
    sentence: str
    on_call: OnCall | None
    state: str
    may_ask: bool


@dataclass(frozen=True, slots=True)
class LiftLines:
    """Each line is a finished sentence; empty: nothing to say. The reader's rights decide which there are."""

    inside: str
    on_call: OnCall | None
    lifted: str
    may_lift: bool
    waiting: str
    blockers: tuple[Blocker, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.inside or self.lifted or self.may_lift or self.waiting or self.blockers)


def present_lines(ruling: Ruling) -> LiftLines:
    standing, acts = ruling.standing, ruling.acts
    own = ruling.actor.provider
    may_lift = bool({Act.LIFT_BLOCK, Act.END_LIFT} & acts)
    is_told = standing.is_blocked_inside and not may_lift
    return LiftLines(
        inside=_inside_words(own) if is_told else "",
        on_call=_on_call(own) if is_told else None,
        lifted=_lifted_words(standing.lifts),
        may_lift=may_lift,
        waiting=_waiting_words(ruling) if Act.ANSWER_LIFT_REQUEST in acts else "",
        blockers=tuple(_blocker(ruling, provider) for provider in standing.blockers),
    )


def _inside_words(own: Provider) -> str:
    return _(
        "Spärrade uppgifter finns inom %(provider)s. Patienten kan häva, eller en behörig hos %(provider)s."
    ) % {"provider": own.name}


def _on_call(provider: Provider) -> OnCall | None:
    phone = provider.on_call_phone
    return OnCall(provider.name, phone, NOT_DIALLED.sub("", phone)) if phone else None


def _lifted_words(lifts: tuple[LiftFact, ...]) -> str:
    if not lifts:
        return ""
    first = min(lifts, key=lambda lift: lift.ends_at)
    if first.employee_id:
        return _("En spärr är hävd för dig till %(when)s.") % {"when": moment(first.ends_at)}
    return _("En spärr är hävd för enheten till %(when)s.") % {"when": moment(first.ends_at)}


def _waiting_words(ruling: Ruling) -> str:
    count = len(waiting_of(ruling))
    return ngettext(
        "%(count)d begäran om att häva er spärr väntar på svar.",
        "%(count)d begäranden om att häva er spärr väntar på svar.",
        count,
    ) % {"count": count}


def waiting_of(ruling: Ruling) -> tuple[LiftRequestFact, ...]:
    """Requests about this patient to the reader's own provider that nobody has answered."""
    own = ruling.actor.provider.hsa_id
    return tuple(r for r in ruling.standing.requests if r.asked_provider_id == own and not r.is_answered)


def sent_to(ruling: Ruling, provider_id: str) -> LiftRequestFact | None:
    """The reader's latest request to a provider."""
    mine = [
        r
        for r in ruling.standing.requests
        if r.asked_provider_id == provider_id and r.employee_id == ruling.actor.hsa_id
    ]
    return max(mine, key=lambda r: r.recorded_at, default=None)


def _blocker(ruling: Ruling, provider: Provider) -> Blocker:
    sent = sent_to(ruling, provider.hsa_id)
    return Blocker(
        provider_id=provider.hsa_id,
        sentence=_("Spärr hos %(provider)s. Ring och be dem häva.") % {"provider": provider.name},
        on_call=_on_call(provider),
        state=_state_words(sent),
        may_ask=sent is None or sent.is_answered,
    )


def _state_words(sent: LiftRequestFact | None) -> str:
    if sent is None:
        return ""
    when = {"when": moment(sent.recorded_at)}
    if not sent.is_answered:
        return _("Begäran skickad %(when)s. Inget svar än.") % when
    if sent.is_lifted:
        return _("Begäran skickad %(when)s. Den hävningen gäller inte längre.") % when
    return _("Begäran skickad %(when)s. Svar: spärren hävs inte.") % when


@dataclass(frozen=True, slots=True)
class BlockLine:
    """One block as an officer sees it."""

    id: str
    unit: str
    unit_id: str
    kind: str
    days: str
    left_out: str


def present_blocks(
    blocks: tuple[Block, ...], kind: BlockKind, units: Mapping[str, str], own: Provider
) -> tuple[BlockLine, ...]:
    """The own provider's blocks of one kind, by unit."""
    lines = [_block_line(block, units, own) for block in blocks if block.kind is kind]
    return tuple(sorted(lines, key=lambda line: (line.unit, line.days, line.id)))


def _block_line(block: Block, units: Mapping[str, str], own: Provider) -> BlockLine:
    return BlockLine(
        id=block.id,
        unit=units.get(block.unit_id, block.unit_id) or _("Hela %(provider)s") % {"provider": own.name},
        unit_id=block.unit_id or WHOLE_PROVIDER,
        kind=_("Inre spärr") if block.kind is BlockKind.INNER else _("Yttre spärr"),
        days=_day_words(block),
        left_out=_exception_words(block),
    )


def _day_words(block: Block) -> str:
    first, last = block.first_day, block.last_day
    if first and last:
        return _("Uppgifter från %(first)s till %(last)s.") % {"first": first, "last": last}
    if first:
        return _("Uppgifter från %(first)s.") % {"first": first}
    if last:
        return _("Uppgifter till och med %(last)s.") % {"last": last}
    return _("Alla uppgifter, oavsett datum.")


def _exception_words(block: Block) -> str:
    words = {InformationType.ALERT: _("varningar"), InformationType.MEDICATION: _("läkemedel")}
    left_out = [word for kind, word in words.items() if kind in block.excluded_types]
    return _("Undantaget: %(what)s.") % {"what": ", ".join(left_out)} if left_out else ""


@dataclass(frozen=True, slots=True)
class LiftLine:
    """A lift that an officer may end."""

    id: str
    sentence: str


def present_lifts(ruling: Ruling, units: Mapping[str, str], staff: Mapping[str, str]) -> tuple[LiftLine, ...]:
    """What is lifted now, for whom and how long, first what ends first. ``units``, ``staff``: names by id."""
    own = ruling.actor.provider
    of = {block.id: _block_line(block, units, own) for block in ruling.standing.own_blocks}
    return tuple(
        LiftLine(lift.id, _lift_words(lift, of[lift.block_id], units, staff))
        for lift in sorted(ruling.standing.own_lifts, key=lambda lift: (lift.ends_at, lift.id))
    )


def _lift_words(lift: LiftFact, block: BlockLine, units: Mapping[str, str], staff: Mapping[str, str]) -> str:
    named = {
        "kind": block.kind,
        "unit": block.unit,
        "where": units.get(lift.unit_id, lift.unit_id),
        "who": staff.get(lift.employee_id, lift.employee_id),
        "when": moment(lift.ends_at),
    }
    if lift.employee_id:
        return _("%(kind)s, %(unit)s: hävd för %(who)s vid %(where)s till %(when)s.") % named
    return _("%(kind)s, %(unit)s: hävd för %(where)s till %(when)s.") % named


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as the officer sees it: who asks, how to ring her, when. ``handle``: whom it is about."""

    id: str
    who: str
    where: str
    on_call: OnCall | None
    when: str
    number: str = ""
    handle: str = ""
    blocks: str = ""


def block_count_words(count: int) -> str:
    return ngettext("%(count)d spärr", "%(count)d spärrar", count) % {"count": count}
