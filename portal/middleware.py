"""Django's middleware, async-native: the same classes without a hop to a thread for each of them.

Django wraps every ``process_request`` and ``process_response`` in a thread hop under ASGI. None of those
listed here touches the database, but for saving a session; that one goes through ``on_database_thread``.
"""

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from csp.middleware import CSPMiddleware as DjangoCSP
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthentication
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessages
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSession
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    HttpResponsePermanentRedirect,
)
from django.middleware.common import CommonMiddleware as DjangoCommon
from django.middleware.csrf import CsrfViewMiddleware as DjangoCsrf
from django.middleware.security import SecurityMiddleware as DjangoSecurity
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.functional import SimpleLazyObject

from consent.accesslog.write import LogUnavailable
from consent.database import on_database_thread
from portal import measuring
from portal.errors import error_page, page_for
from portal.idle import renew

# They say nothing of anybody, and make no address out of the one they were asked under.
ASKED_FROM_INSIDE = frozenset({"/healthz", "/readyz", "/metrics"})


class _Native:
    """Mixed in before a MiddlewareMixin: runs its two hooks on the event loop itself."""

    get_response: Callable[[HttpRequest], Any]

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        response = None
        if hasattr(self, "process_request"):
            response = self.process_request(request)
        response = response or await self.get_response(request)
        if hasattr(self, "process_response"):
            response = await self.respond(request, response)
        return response

    async def respond(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        answered: HttpResponseBase = self.process_response(request, response)  # type: ignore[attr-defined]
        return answered


class SecurityMiddleware(_Native, DjangoSecurity):
    pass


class CommonMiddleware(_Native, DjangoCommon):
    """Whoever looks after the machines asks a process by its address, under no name that readers use."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path in ASKED_FROM_INSIDE else super().process_request(request)


class CsrfViewMiddleware(_Native, DjangoCsrf):
    """Asks for the form's token wherever a cookie might be what lets somebody in.

    A view that says ``takes_tokens`` reads no session from a request that carries ``Authorization``, and no
    other site can make a browser send that.
    """

    def process_view(
        self, request: HttpRequest, callback: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseForbidden | None:
        if getattr(callback, "takes_tokens", False) and request.headers.get("Authorization"):
            return None
        return super().process_view(request, callback, args, kwargs)


class AuthenticationMiddleware(_Native, DjangoAuthentication):
    """Only makes ``request.user`` lazy; whoever reads it does so on a database thread, and gets the row that
    the session came with."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session: Any = request.session
        request.user = SimpleLazyObject(lambda: session.user_of(request))  # type: ignore[assignment]


class MessageMiddleware(_Native, DjangoMessages):
    pass


class CSPMiddleware(_Native, DjangoCSP):
    """Trusted Types on every page that is ours: no script may make markup out of text. Two are not ours."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        match = request.resolver_match
        if match is not None and match.view_name.startswith(settings.TRUSTED_TYPES_EXEMPT):
            replaced = getattr(response, "_csp_replace", None) or {}
            exempt = {"require-trusted-types-for": None, "trusted-types": None}
            response._csp_replace = {**replaced, **exempt}  # type: ignore[attr-defined]  # noqa: SLF001
        return super().process_response(request, response)


class SessionMiddleware(_Native, DjangoSession):
    """Saving is the one hook with a query: on a database thread, and only with something to save.

    The idle clock starts again with a request, but is written once a minute at most: a write per look would
    cost every page a transaction. A page that only asks whether it still holds does not move the clock.
    """

    async def respond(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        session = request.session
        if not (session.accessed or session.modified):
            return response
        if not getattr(request, "is_poll", False):
            renew(session)
        if session.modified or session.is_empty():
            return await on_database_thread(self.process_response, request, response)  # type: ignore[arg-type]
        patch_vary_headers(response, ("Cookie",))
        return response


class LocaleMiddleware:
    """Swedish, unless chosen otherwise here: on a shared computer the browser's wish says little."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        _mark_coroutine(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = await self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class HouseRulesMiddleware:
    """Outermost: a request id, ``no-store`` on everything but static files, and quiet extra headers."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        _mark_coroutine(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.trace_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        started = time.monotonic()
        with measuring.page_span() as span:
            response = await self.get_response(request)
            # The route's name and never the path: that holds a patient's handle.
            match = request.resolver_match
            page = match.view_name if match is not None else "unknown"
            measuring.name_page(span, page, response.status_code)
        measuring.note_page(page, response.status_code, time.monotonic() - started)
        if not request.path.startswith(settings.STATIC_URL):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """No log or no database, no display, whichever page it was: the same words and status everywhere."""
        if isinstance(exception, LogUnavailable | OperationalError | InterfaceError):
            return error_page(request, page_for(exception))
        return None


def _mark_coroutine(middleware: Any) -> None:
    """Tell Django that calling the instance gives a coroutine."""
    from asgiref.sync import markcoroutinefunction

    markcoroutinefunction(middleware)
