"""Personas for the sign-in page."""

from typing import Any

from django.http import HttpRequest

from demo.launching import address_of_journal
from demo.people.personas import PERSONAS
from demo.tablet import address_of_tablet


def personas(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    return {
        "sign_in_extra": "demo/personas.html",
        "personas": PERSONAS,
        "journal": address_of_journal(),
        "tablet": address_of_tablet(),
        "confirm_extra": "demo/confirm.html",
    }
