"""The language of the pages at /anslut/: whoever meets them has no session to choose it in."""

from typing import Any

from django.http import HttpRequest
from django.utils import translation

LANGUAGES = ("sv", "en")


def in_language(request: HttpRequest) -> Any:
    """That of ``?sprak=``, else the portal's own choice; for a ``with``."""
    wanted = request.GET.get("sprak", "")
    return translation.override(wanted if wanted in LANGUAGES else translation.get_language())


def languages_told() -> dict[str, str]:
    """For the templates: the language in use, and the other one."""
    language = translation.get_language()
    return {"language": language, "other": "en" if language == "sv" else "sv"}
