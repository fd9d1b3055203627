"""The two doors before every view: signed in, and with an assignment chosen."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from portal.accounts.actors import NoAssignment, NotSignedIn, actor_of
from portal.accounts.proofs import BEGIN_WITHIN_S, FINISH_WITHIN_S, NeedsProof, is_fresh

View = Callable[..., Any]
AsyncView = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


class MovedTo(Exception):
    """A link of a session that ended by itself, and the handle that takes its place in this one."""

    def __init__(self, handle: str) -> None:
        super().__init__("moved")
        self.handle = handle


def to_assignment(request: HttpRequest) -> HttpResponse:
    """To the choice of assignment, and on from there to where she was going."""
    choice = resolve_url("choose_assignment")
    if request.method != "GET" or request.get_full_path() == resolve_url("home"):
        return redirect(choice)
    return redirect_to_login(request.get_full_path(), choice)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To sign-in, and back afterwards where the request can be repeated."""
    back = request.get_full_path() if request.method == "GET" else resolve_url("home")
    return redirect_to_login(back, resolve_url(settings.LOGIN_URL))


def to_prove_again(request: HttpRequest, back: str = "") -> HttpResponse:
    """To the step-up, and back afterwards: what was sent has to be sent again."""
    query = urlencode({"next": back or request.get_full_path()})
    return redirect(f"{resolve_url('confirm')}?{query}")


def needs_fresh_proof(view: View) -> View:
    """For sync views of whoever is signed in: to the step-up first, unless it was a moment ago."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        within_s = BEGIN_WITHIN_S if request.method in ("GET", "HEAD") else FINISH_WITHIN_S
        if request.user.is_authenticated and not is_fresh(request.session, within_s):
            return to_prove_again(request)
        return view(request, *args, **kwargs)

    return guarded


def needs_assignment(view: View) -> View:
    """For sync views: the Actor is on ``request.actor`` when the view runs."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            actor_of(request)
        except NotSignedIn:
            return to_sign_in(request)
        except NoAssignment:
            return to_assignment(request)
        return view(request, *args, **kwargs)

    return guarded


def opens_patient(view: AsyncView) -> AsyncView:
    """For async views that call ``open_patient``: the same two answers, from their own one hop."""

    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return await view(request, *args, **kwargs)
        except NotSignedIn:
            return to_sign_in(request)
        except NeedsProof:
            return to_prove_again(request)
        except NoAssignment:
            return to_assignment(request)
        except MovedTo as moved:
            name = request.resolver_match.view_name if request.resolver_match else "overview"
            return redirect(reverse(name, kwargs={**kwargs, "handle": moved.handle}))

    return guarded
