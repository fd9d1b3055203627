"""The acts of the access step as the interface takes them: which function records each, and what it wants to
be told. What may be recorded now is decided where it is recorded (consent.acts)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from consent import consenting, following, incapacity, recording
from consent.acts import Act
from consent.facts import ChildAbility, Obstacle
from portal.access.presenters import STATEMENTS
from portal.access.views import MISTAKE, NO_LONGER_OURS
from portal.api.refusing import Code, Flaw, Refused

# What each word sent becomes on its way to the act.
READ: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "obstacle": ("obstacle", Obstacle),
    "ability": ("ability", ChildAbility),
    "units": ("unit_ids", list),
    "reason": ("reason", str),
    **{name: (name, bool) for name in STATEMENTS},
}


@dataclass(frozen=True, slots=True)
class Deed:
    """``wants``: names in what is sent; ``given``: what is always said, as by the page's one tap."""

    record: Callable[..., None]
    wants: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)

    def details(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Refused(INVALID) for what is missing, and for what this act does not ask about."""
        flaws = [Flaw.of(name, "required") for name in self.wants if name not in said]
        flaws += [Flaw.of(name, "unknown") for name in sorted(said) if name not in self.wants]
        if flaws:
            raise Refused(Code.INVALID, flaws=tuple(flaws))
        found = dict(self.given)
        for name in self.wants:
            called, read = READ[name]
            found[called] = read(said[name])
        return found


DEEDS: Mapping[Act, Deed] = {
    Act.CONFIRM_RELATION: Deed(recording.confirm_relation),
    Act.END_RELATION: Deed(consenting.end_relation, given={"reason": NO_LONGER_OURS}),
    Act.REFUSE_CONSENT: Deed(consenting.refuse_consent),
    Act.ANNUL_REFUSAL: Deed(consenting.annul_refusal, given={"reason": MISTAKE}),
    Act.RECONFIRM_CONSENT: Deed(consenting.reconfirm_consent),
    Act.GIVE_SIP_CONSENT: Deed(consenting.give_sip_consent),
    Act.END_SIP_CONSENT: Deed(consenting.end_sip_consent, ("reason",)),
    Act.CHOOSE_UNITS: Deed(recording.choose_units, ("units",)),
    Act.DECLARE_EMERGENCY: Deed(recording.declare_emergency, ("obstacle",)),
    Act.OPEN_EMERGENCY: Deed(recording.open_emergency),
    Act.RECORD_INABILITY: Deed(incapacity.record_inability),
    Act.ASSERT_INABILITY: Deed(incapacity.assert_inability, STATEMENTS),
    Act.RENEW_INABILITY: Deed(incapacity.renew_inability),
    Act.RECORD_TEMPORARY: Deed(incapacity.record_temporary),
    Act.ASSESS_CHILD: Deed(incapacity.assess_child, ("ability",)),
    Act.FOLLOW: Deed(following.follow),
    Act.UNFOLLOW: Deed(following.unfollow),
}
