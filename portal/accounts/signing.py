"""Signing in, the same for every way in: a new session key, how it was proved, a row in the access log."""

import time
import uuid
from dataclasses import asdict

from django.contrib.auth import login
from django.http import HttpRequest

from consent.accesslog.events import Event
from consent.accesslog.write import Entry, LogUnavailable, write
from consent.terms import Actor, Provider, Unit
from consent.vocabulary import CareKind, Purpose
from portal.accounts.actors import trace_of
from portal.accounts.models import User
from portal.accounts.proofs import PROOF_KEY, Proof, proof_of

BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(request: HttpRequest, user: User, proof: Proof) -> None:
    """Raises LogUnavailable: then nobody is signed in."""
    login(request, user, backend=BACKEND)
    now = time.time()
    trace = trace_of(request)
    told = {"id": str(uuid.uuid4()), "address": trace.ip, "at": now, "proved_at": now}
    request.session[PROOF_KEY] = {**asdict(proof), **told}
    detail = {name: said for name in ("method", "loa", "idp") if (said := getattr(proof, name))}
    try:
        write(Entry(Event.SIGNED_IN, outside_assignments(user), trace, detail=detail))
    except LogUnavailable:
        request.session.flush()
        raise


def prove_again(request: HttpRequest, user: User, method: str) -> None:
    """Whoever is signed in has proved once more who she is; the session gets a new key and goes on.

    Raises LogUnavailable: then nothing was proved.
    """
    proof = proof_of(request.session)
    detail = {"method": method, "again": True}
    write(Entry(Event.SIGNED_IN, outside_assignments(user), trace_of(request), detail=detail))
    words = dict.fromkeys([*filter(None, str(proof.get("method", "")).split("+")), method])
    request.session.cycle_key()
    request.session[PROOF_KEY] = {**proof, "method": "+".join(words), "proved_at": time.time()}


def outside_assignments(user: User) -> Actor:
    """Somebody as the log names her before she has chosen where to work."""
    return Actor(
        user_id=user.pk,
        hsa_id=user.hsa_id or user.get_username()[:32],
        name=str(user),
        title=user.title,
        assignment_id="",
        unit=Unit("", "", Provider("", "", CareKind.HEALTH_CARE)),
        purpose=Purpose.ADMINISTRATION,
    )
