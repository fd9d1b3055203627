"""How whoever is signed in proved who she is, and when: kept in the session, read by every door."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

PROOF_KEY = "sign_in"
# Ways that are a second factor, or stronger than one, by the words of ``Proof.method``.
STRONG = frozenset({"oidc", "totp", "webauthn", "recovery_codes"})
# A proof must be this young where something is begun that asks for one, and may be this old when it is sent:
# whoever was asked before a form was shown is not asked again for having filled it in.
BEGIN_WITHIN_S = 5 * 60
FINISH_WITHIN_S = 15 * 60


class NeedsProof(Exception):
    """Whoever is signed in must prove again who she is before this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``method``: oidc, or allauth's words joined by plus. ``loa``: level of assurance in the words of the
    identity provider. ``idp``, ``subject``, ``idp_session``: at the identity provider."""

    method: str
    loa: str = ""
    idp: str = ""
    subject: str = ""
    idp_session: str = ""


def proof_of(session: Any) -> dict[str, Any]:
    """The proof with its times (seconds since 1970): ``at``, when the session began; ``proved_at``, when
    anything was last proved. Empty for a session that nobody signed in to."""
    found = session.get(PROOF_KEY)
    return found if isinstance(found, dict) else {}


def proved_at(session: Any) -> datetime | None:
    said = proof_of(session).get("proved_at")
    return datetime.fromtimestamp(said, UTC) if isinstance(said, int | float) else None


def is_fresh(session: Any, within_s: float = BEGIN_WITHIN_S) -> bool:
    return is_late(proved_at(session), within_s)


def is_late(proof_at: datetime | None, within_s: float) -> bool:
    """Whether somebody proved who she is as late as this, by whatever way; ``None``: not known when."""
    return proof_at is not None and 0 <= time.time() - proof_at.timestamp() <= within_s


def demand_fresh(session: Any, within_s: float = BEGIN_WITHIN_S) -> None:
    """Raises NeedsProof."""
    if not is_fresh(session, within_s):
        raise NeedsProof


def lacks_second_factor(session: Any) -> bool:
    """Whether a password alone has let somebody in where that opens nothing (MFA_REQUIRED)."""
    return settings.MFA_REQUIRED and not STRONG & set(str(proof_of(session).get("method", "")).split("+"))
