"""Sessions whose rows say whose they are, so that they can be listed and ended, and that end by themselves.

Django's database sessions with a model of ours (SESSION_ENGINE). A request costs no query more: what ends a
session deletes its row.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from consent.questions import Question, Slot, columns_of, row_of
from portal.accounts.proofs import PROOF_KEY


class SessionStore(DatabaseStore):
    """Every save writes the columns anew from what the session holds; rotation takes them along.

    ``user_row``: the user's row as it was when the session was read, in the same statement; None for a
    session that nobody signed in to, and for one that was not read.
    """

    user_row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        from portal.accounts.models import PortalSession

        return PortalSession

    def load(self) -> dict[str, Any]:
        found = _by_key().ask(key=self.session_key, now=timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        ((content, *user),) = found
        self.user_row = None if user[0] is None else row_of(get_user_model(), user)
        held: dict[str, Any] = self.decode(content)
        return held

    def user_of(self, request: HttpRequest) -> Any:
        """Who is signed in, for the middleware: ``portal.accounts.signed_in``."""
        from portal.accounts.signed_in import user_of

        return user_of(request)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        return _with_columns(super().create_model_instance(data), data)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return _with_columns(await super().acreate_model_instance(data), data)


@cache
def _by_key() -> Question:
    """A session that holds, with the row of whoever signed in to it."""
    model = SessionStore.get_model_class()
    return Question(
        lambda: model.objects.filter(
            session_key=Slot("key", CharField()), expire_date__gt=Slot("now", DateTimeField())
        ).values_list("session_data", *columns_of(get_user_model(), "user__"))
    )


def _with_columns(row: Any, data: dict[str, Any]) -> Any:
    """Whose it is and since when; and its end, which no use of it moves past the longest a session lasts."""
    proof = data.get(PROOF_KEY)
    if data.get(USER_KEY) is None or not isinstance(proof, dict):
        return row
    row.user_id = int(data[USER_KEY])
    row.started_at = datetime.fromtimestamp(proof["at"], UTC)
    row.seen_at = timezone.now()
    row.expire_date = min(row.expire_date, row.started_at + timedelta(seconds=settings.SESSION_LONGEST_S))
    row.public_id = UUID(proof["id"]) if proof.get("id") else None
    row.method = str(proof.get("method", ""))[:80]
    row.address = str(proof.get("address", ""))[:64]
    for name in ("idp", "subject", "idp_session"):
        setattr(row, name, str(proof.get(name, ""))[:200])
    return row


def sessions_of(user: Any) -> QuerySet[Any]:
    """A user's sessions that hold, the latest used first."""
    model = SessionStore.get_model_class()
    found: QuerySet[Any] = model.objects.filter(user=user, expire_date__gt=timezone.now())
    return found.order_by("-seen_at")


def oldest_start() -> datetime | None:
    """When the oldest session that holds began; what was sealed for it is no older."""
    held = SessionStore.get_model_class().objects.filter(expire_date__gt=timezone.now())
    found: datetime | None = held.aggregate(first=Min("started_at"))["first"]
    return found


def end_of_provider(idp: str, subject: str, idp_session: str) -> tuple[list[int], int]:
    """End what an identity provider takes back: one of its sessions, or all of a subject. Users, and how many
    sessions there were."""
    which = Q(idp_session=idp_session) if idp_session else Q(subject=subject)
    found = SessionStore.get_model_class().objects.filter(which, idp=idp, user__isnull=False)
    users = sorted(set(found.values_list("user_id", flat=True)))
    return users, int(found.delete()[0])
