"""Language, light or dark, and the key to the search field, chosen in the portal and remembered by the
browser: three cookies that tell nothing of the user. And what the frame of every page, error pages included,
needs without a database."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from portal.idle import WARNED_BEFORE_S, seconds_left
from portal.returning import where_to

THEME_COOKIE = "theme"
KEY_COOKIE = "search_key"
REMEMBERED_S = 365 * 24 * 3600
APP_ICONS = (("app-192", 192, "any"), ("app-512", 512, "any"), ("app-512-maskable", 512, "maskable"))


class Theme(StrEnum):
    """SYSTEM follows the device."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


THEME_WORDS = {Theme.SYSTEM: _("Som enheten"), Theme.LIGHT: _("Ljust"), Theme.DARK: _("Mörkt")}
KEY_WORDS = {"on": _("Tangenten / går till sökfältet"), "off": _("Avstängd")}


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of the switch; ``language`` is that of its own words where they are in another."""

    value: str
    words: str
    is_chosen: bool
    language: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader has chosen, and what there is to choose from."""

    theme: Theme
    has_search_key: bool

    @property
    def themes(self) -> list[Choice]:
        return [Choice(one.value, str(THEME_WORDS[one]), one is self.theme) for one in Theme]

    @property
    def languages(self) -> list[Choice]:
        chosen = get_language()
        return [Choice(code, name, code == chosen, code) for code, name in settings.LANGUAGES]

    @property
    def search_keys(self) -> list[Choice]:
        key = "on" if self.has_search_key else "off"
        return [Choice(value, str(words), value == key) for value, words in KEY_WORDS.items()]


def theme_of(request: HttpRequest) -> Theme:
    try:
        return Theme(request.COOKIES.get(THEME_COOKIE, ""))
    except ValueError:
        return Theme.SYSTEM


def has_search_key(request: HttpRequest) -> bool:
    """On unless switched off: who dictates or slips may not be thrown about by single keys (WCAG 2.1.4)."""
    return request.COOKIES.get(KEY_COOKIE) != "off"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Cookies and settings alone: the page that says the database is away has it too."""
    theme = theme_of(request)
    return {
        "theme": theme,
        "look": Look(theme, has_search_key(request)),
        "here": request.get_full_path() if request.method == "GET" else reverse("home"),
        "idle_left_s": seconds_left(request.session) if hasattr(request, "session") else 0,
        "warned_before_s": WARNED_BEFORE_S,
        **support(),
    }


def support() -> dict[str, str]:
    """Whom to ring when something is wrong."""
    return {"support_phone": settings.SUPPORT_PHONE, "support_dial": dialled(settings.SUPPORT_PHONE)}


def dialled(phone: str) -> str:
    """A telephone number as ``tel:`` takes it."""
    return "".join(c for c in phone if c.isdigit() or c == "+")


@require_POST
def choose_appearance(request: HttpRequest) -> HttpResponse:
    """Remember what was chosen and go back. What is not offered changes nothing."""
    response = redirect(where_to(request, request.POST.get("next"), "home"))
    if (language := request.POST.get("language")) in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, str(language))
    if (theme := request.POST.get("theme")) in set(Theme):
        _remember(response, THEME_COOKIE, str(theme))
    if (key := request.POST.get("search_key")) in KEY_WORDS:
        _remember(response, KEY_COOKIE, str(key))
    return response


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """What a telephone needs to put the portal on its home screen. No service worker: browsers need none, and
    nothing of a page is ever kept on the device."""
    icons = [
        {
            "src": static(f"icons/{name}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, size, purpose in APP_ICONS
    ]
    return JsonResponse(
        {
            "name": str(_("Patientöversikt")),
            "short_name": str(_("Översikt")),
            "lang": get_language(),
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#edf1f3",
            "theme_color": "#12303f",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=REMEMBERED_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
