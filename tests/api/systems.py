"""A client system as the tests play it: registered, with a key of its own, speaking for its users."""

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import jwt
from asgiref.sync import async_to_sync
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from django.test import AsyncClient
from django.utils import timezone
from jwt.algorithms import ECAlgorithm

from connectors.base.session import close_session
from consent.models import CareUnit
from portal.accounts.models import Assignment
from portal.api.models import Client, ClientKey
from portal.api.registering import make_secret, new_client_id
from portal.api.scopes import Scope
from tests.api.described import undescribed

ORIGIN = "http://testserver"
TOKEN = "/api/oauth/token"
BASE = "/api/v1"
LOA3 = "http://id.sambi.se/loa/loa3"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Answer:
    """One answer, read to its end."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])


def make_client(owner_id: str, scopes: Any = tuple(Scope), **more: Any) -> Client:
    """Approved, as after two people's work."""
    return Client.objects.create(
        id=new_client_id(),
        name="Journalsystemet",
        owner_id=owner_id,
        purpose="Visa översikten i journalen",
        contact="driften@journal.example",
        scopes=[scope.value for scope in scopes],
        approved_at=timezone.now(),
        **more,
    )


@dataclass
class System:
    """``assignment``: of the user it speaks for. ``claims``: what its assertions say instead."""

    client: Client
    assignment: Assignment | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    kid: str = "nyckel-1"
    token: str = ""
    http: AsyncClient = field(default_factory=AsyncClient)
    handle: str = ""

    def register(self) -> "System":
        """Its public key, approved."""
        jwk = {**ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": self.kid, "use": "sig"}
        ClientKey.objects.create(client=self.client, label="test", jwk=jwk, approved_at=timezone.now())
        return self

    def signed(self, said: dict[str, Any]) -> str:
        """What is None is not said at all."""
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, self.key, algorithm="ES256", headers={"kid": self.kid})

    def proof(self, **instead: Any) -> str:
        """Its own assertion, for the token endpoint."""
        now = int(time.time())
        said = {
            "iss": self.client.pk,
            "sub": self.client.pk,
            "aud": ORIGIN + TOKEN,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        }
        return self.signed({**said, **instead})

    def word(self, **instead: Any) -> str:
        """Its word for its user."""
        now = int(time.time())
        mine = self.assignment
        said = {
            "iss": self.client.pk,
            "sub": mine.user.hsa_id if mine else "SE2321000016-NONE",
            "unit": mine.unit_id if mine else "SE2321000016-NONE",
            "purpose": mine.purpose if mine else "care",
            "aud": f"{ORIGIN}/api",
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
            "acr": LOA3,
            "auth_time": now - 60,
        }
        return self.signed({**said, **self.claims, **instead})

    def ask_token(self, **form: str) -> Answer:
        given = {"client_assertion_type": JWT_BEARER, "client_assertion": self.proof()} if not form else {}
        return self.form({"grant_type": "client_credentials", **given, **form})

    def form(self, form: dict[str, str], **headers: str) -> Answer:
        return async_to_sync(self._go)("post", TOKEN, form, headers)

    def sign_in(self) -> "System":
        answer = self.ask_token()
        assert answer.status == 200, answer.body
        self.token = answer.json["access_token"]
        return self

    def headers(self) -> dict[str, str]:
        said = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**said, "Acting-User": self.word()} if self.assignment else said

    def get(self, path: str, **headers: str) -> Answer:
        return async_to_sync(self._go)("get", BASE + path, None, {**self.headers(), **headers})

    def post(self, path: str, said: Any = None, **headers: str) -> Answer:
        body = said if isinstance(said, bytes | str) else json.dumps(said if said is not None else {})
        return async_to_sync(self._go)("post", BASE + path, body, {**self.headers(), **headers})

    async def _go(self, method: str, path: str, said: Any, headers: dict[str, str]) -> Answer:
        given: dict[str, Any] = {"headers": headers}
        if isinstance(said, bytes | str):
            given |= {"data": said, "content_type": headers.get("Content-Type", "application/json")}
        elif said is not None:
            given |= {"data": "&".join(f"{k}={quote(v)}" for k, v in said.items())}
            given["content_type"] = "application/x-www-form-urlencoded"
        try:
            response = await getattr(self.http, method)(path, **given)
        finally:
            await close_session()
        kind = response.headers.get("Content-Type", "")
        if path.startswith(BASE):
            asked = path.removeprefix(BASE)
            assert undescribed(method, asked, response.status_code, kind, response.content) == []
        return Answer(response.status_code, response.content, dict(response.headers))

    def search(self, number: str) -> Answer:
        """On success ``handle`` stands for the patient from now on."""
        answer = self.post("/patients/search", {"number": number})
        if answer.status == 200:
            self.handle = answer.json["handle"]
        return answer

    def about(self, path: str) -> Answer:
        return self.get(f"/patients/{self.handle}/{path}")

    def act(self, name: str, **said: Any) -> Answer:
        return self.post(f"/patients/{self.handle}/acts", {"act": name, **said})


def quote(value: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(value)


def system_for(assignment: Assignment, scopes: Any = tuple(Scope), **more: Any) -> System:
    """A system of the assignment's provider, with a token, that speaks for its holder."""
    owner = CareUnit.objects.get(pk=assignment.unit_id).provider_id
    return System(make_client(owner, scopes, **more), assignment).register().sign_in()


def secret_of(client: Client) -> str:
    text, digest = make_secret()
    ClientKey.objects.create(client=client, label="hemlighet", digest=digest, approved_at=timezone.now())
    return text
