"""How whoever is signed in proved who she is: kept in the session, read by every door."""

from dataclasses import dataclass
from typing import Any

PROOF_KEY = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``method``: oidc, or what allauth calls its own. ``loa``: level of assurance in the identity provider's
    words. ``idp``, ``subject``, ``idp_session``: at the identity provider."""

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
