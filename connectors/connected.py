"""What the form for a new vendor comes to: the source, its one request, and its keys, shown once."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from connectors.approvals import ask_for_new
from connectors.clearing import name_added
from connectors.connecting import DELIVERS, ConnectForm
from connectors.models import PendingChange, Source
from connectors.openfeed.models import Token
from connectors.openfeed.terms import NOTICE_KEY
from connectors.openfeed.tokens import make_token

NOTICE_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Connected:
    """What came of it. ``key``, ``notice_key``: their texts, this once. ``added``: what is new, for the log,
    the source last."""

    source: Source
    request: PendingChange
    key: str = ""
    token: Token | None = None
    added: list[Model] = field(default_factory=list)
    notice_key: str = ""


def connect(form: ConnectForm, by: Any) -> Connected:
    """Save what a valid form comes to, in the caller's transaction, which also writes the log."""
    added: list[Model] = []
    for one in (form.owner, form.place):
        if one is not None and one._state.adding:  # noqa: SLF001 (new, not chosen)
            one.save(force_insert=True)
            added.append(one)
    delivers = form.cleaned_data["way"] == DELIVERS
    notice_key = ""
    if delivers and form.cleaned_data["gives_notice"]:
        notice_key = secrets.token_urlsafe(NOTICE_KEY_BYTES)
        form.source.write_secrets({**form.source.read_secrets(), NOTICE_KEY: notice_key})
    form.source.save(force_insert=True)
    request = ask_for_new(form.source, by, form.cleaned_data["change_reason"], switches_on=True)
    name_added(request, added)
    request.save(update_fields=["added"])
    if not delivers:
        return Connected(form.source, request, added=added)
    label = form.cleaned_data["key_label"] or form.source.label
    token, text = make_token(form.source, label, by, request)
    token.save(force_insert=True)
    return Connected(form.source, request, text, token, added, notice_key)
