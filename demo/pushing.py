"""Hemtjänst Myrten AB delivers as any vendor does: a key, JSON, the same door. Only the wire is missing."""

import json
from datetime import date

from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from connectors.models import Source
from connectors.openfeed.models import Token
from connectors.openfeed.tokens import make_token
from demo.people.elsewhere import build_elsewhere
from portal.feed.endpoints import PushView

MYRTEN_SLUG = "myrten"
LABEL = "Demo"


def push_as_myrten(today: date) -> None:
    """Everything they hold, and that it is everything. This run's key takes the place of the last one's."""
    source = Source.objects.get(pk=MYRTEN_SLUG)
    Token.objects.filter(source=source, label=LABEL).delete()
    token, text = make_token(source, LABEL)
    token.approved_at = timezone.now()
    token.save()
    reply = push(text, {"records": build_elsewhere(today)["myrten"], "complete": True})
    refused = [one for one in json.loads(reply.content).get("results", ()) if one["result"] == "refused"]
    if reply.status_code != 200 or refused:
        raise RuntimeError(f"The demo's own delivery was refused ({reply.status_code}): {refused}")


def push(token: str, delivery: object) -> HttpResponse:
    """One call to the endpoint, as it would come through the server."""
    request = RequestFactory(SERVER_NAME="localhost").post(
        "/api/feed/v1/records",
        json.dumps(delivery),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    response: HttpResponse = PushView.as_view()(request).render()
    return response
