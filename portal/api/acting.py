"""Who asks: a client system with the signed word for one of its users, or somebody with a session of her own.

Either way it ends in the Actor that the pages use: an assignment that holds today, read anew for each call.
Nothing is decided here on what she may see.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpRequest

from consent.accesslog.write import Trace
from consent.database import on_database_thread
from consent.terms import Actor, PersonId
from portal.accounts.actors import NoAssignment, NotSignedIn, actor_of, trace_of
from portal.accounts.proofs import proved_at
from portal.api.assertions import HEADER, assignment_of, read_assertion
from portal.api.models import AccessToken, Client
from portal.api.rates import count_call
from portal.api.refusing import Code, Refused
from portal.api.registering import hash_of
from portal.api.scopes import EVERY_SCOPE, Scope
from portal.patients.handles import HandleExpired, make_handle, open_handle, seal_person, unseal_person
from portal.patients.opening import Opened, open_for

AUDIENCE = "/api"
LONGEST_TOKEN = 200
# A handle given to a client opens for at least so long, and at most twice as long.
HANDLE_WINDOW_S = 3600

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who asks, and how her handles are made and opened.

    ``proved_at``: when she last proved who she is, here or at the client's. ``client``: through which system;
    empty for a session of her own.
    """

    actor: Actor
    trace: Trace
    scopes: frozenset[Scope]
    proved_at: datetime | None
    client: str
    make_handle: Callable[[PersonId], str]
    open_handle: Callable[[str], PersonId]

    def open(self, handle: str) -> Opened:
        """The patient a handle stands for, with what every request about her needs. Blocking.

        Raises Refused(NOT_FOUND): for another user, client, assignment or session it is no handle.
        """
        try:
            patient = self.open_handle(handle)
        except HandleExpired:
            raise Refused(Code.NOT_FOUND) from None
        return open_for(self.actor, patient, self.trace, handle)

    def open_person(self, person: PersonId) -> Opened:
        """The same for a number that came in a body. The caller logs the search. Blocking."""
        return open_for(self.actor, person, self.trace, self.make_handle(person))


async def find_acting(request: HttpRequest, needs: Scope) -> Acting:
    """Who asks, if she may ask this sort of thing at all. One hop to the database. Raises Refused."""
    return await found_acting(request, needs, lambda acting: acting)


async def found_acting(request: HttpRequest, needs: Scope, then: Callable[[Acting], T]) -> T:
    """As ``find_acting``, and what else the database is needed for, in the same hop. Raises Refused, and
    what ``then`` raises."""
    return await on_database_thread(lambda: then(_find(request, needs)))


def _find(request: HttpRequest, needs: Scope) -> Acting:
    acting = _by_client(request) if request.headers.get("Authorization") else _by_session(request)
    if needs not in acting.scopes:
        raise Refused(Code.SCOPE_MISSING)
    return acting


def _by_session(request: HttpRequest) -> Acting:
    """The middleware has asked for the form's token, as for any page."""
    try:
        actor = actor_of(request)
    except NotSignedIn:
        raise Refused(Code.NO_CREDENTIALS) from None
    except NoAssignment:
        raise Refused(Code.NO_ASSIGNMENT) from None
    count_call(f"user-{actor.user_id}", settings.API_RATES["user"])
    return Acting(
        actor=actor,
        trace=trace_of(request),
        scopes=EVERY_SCOPE,
        proved_at=proved_at(request.session),
        client="",
        make_handle=lambda person: make_handle(request, person),
        open_handle=lambda handle: open_handle(request, handle),
    )


def _by_client(request: HttpRequest) -> Acting:
    client, scopes = client_of(request)
    count_call(f"client-{client.pk}", client.per_minute)
    audience = request.build_absolute_uri(AUDIENCE)
    vouched = read_assertion(client, request.headers.get(HEADER, ""), audience)
    actor = assignment_of(client, vouched).as_actor()
    bound_to = f"{client.pk}|{actor.user_id}|{actor.assignment_id}"
    return Acting(
        actor=actor,
        trace=Trace(
            request_id=getattr(request, "trace_id", ""),
            session_id=hashlib.sha256(bound_to.encode()).hexdigest()[:32],
            ip=request.META.get("REMOTE_ADDR", "") or "",
            client=client.pk,
        ),
        scopes=scopes,
        proved_at=vouched.proved_at,
        client=client.pk,
        make_handle=lambda person: seal_person(person, bound_secret(bound_to, HANDLE_WINDOW_S)),
        open_handle=lambda handle: open_bound(handle, bound_to, HANDLE_WINDOW_S),
    )


def client_of(request: HttpRequest) -> tuple[Client, frozenset[Scope]]:
    """The client whose token this is, and what the token is for. Blocking: one query. Raises Refused."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(text.strip()) <= LONGEST_TOKEN:
        raise Refused(Code.WRONG_TOKEN)
    rows = AccessToken.objects.filter(digest=hash_of(text.strip()), expires_at__gt=Now())
    token = rows.select_related("client__owner").first()
    if token is None or not token.client.is_in_force:
        raise Refused(Code.WRONG_TOKEN)
    return token.client, frozenset(Scope(word) for word in token.scopes) & token.client.granted


def bound_secret(bound_to: str, window_s: int, back: int = 0) -> bytes:
    """What a handle is sealed with besides the portal's own key: whose it is, and which stretch of time."""
    window = int(time.time() // window_s) - back
    return hmac.new(
        settings.KEYS.lookup, f"api handle: {bound_to}|{window}".encode(), hashlib.sha256
    ).digest()


def open_bound(handle: str, bound_to: str, window_s: int) -> PersonId:
    """Raises HandleExpired."""
    try:
        return unseal_person(handle, bound_secret(bound_to, window_s))
    except HandleExpired:
        return unseal_person(handle, bound_secret(bound_to, window_s, back=1))
