"""The token endpoint: client credentials alone (RFC 6749 4.4), proved by a signed assertion (RFC 7523) or a
secret. Authlib reads the request and words the refusals; what is kept, and for how long, is ours."""

from datetime import timedelta
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.integrations.django_oauth2.requests import DjangoOAuth2Payload, DjangoOAuth2Request
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from consent.database import on_database_thread
from portal.api.assertions import LEEWAY_S, LONGEST_S, spend
from portal.api.models import AccessToken, Client
from portal.api.rates import count_call
from portal.api.refusing import Refused
from portal.api.registering import ALGORITHMS, find_client, hash_of, knows_secret, make_secret, public_keys
from portal.api.scopes import Scope

TOKEN_LASTS_S = 600
GRANT = "client_credentials"
BY_KEY = JWTBearerClientAssertion.CLIENT_AUTH_METHOD
METHODS = [BY_KEY, "client_secret_basic", "client_secret_post"]
LONGEST_BODY = 16 * 1024
FORM = "application/x-www-form-urlencoded"

# What to do about it, where Authlib says nothing: in English and ASCII, as RFC 6749 5.2 has them.
WORDS = {
    "unsupported_grant_type": f"grant_type must be {GRANT}.",
    "invalid_scope": "None of the scopes asked for is granted to this client.",
}


class Registered:
    """A client in the words of Authlib."""

    def __init__(self, client: Client) -> None:
        self.row = client
        self.client_id = client.pk

    def get_client_id(self) -> str:
        return self.client_id

    def check_client_secret(self, text: str) -> bool:
        return knows_secret(self.row, text)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What is asked for and granted; all that is granted where nothing is asked for; None: nothing."""
        granted = {word.value for word in self.row.granted}
        asked = set((scope or "").split()) or granted
        return " ".join(sorted(asked & granted)) or None


class Asked(DjangoOAuth2Request):
    """That there is TLS is the portal's own rule (SECURE_SSL_REDIRECT), and the embedded one has none: what
    Authlib checks by the address is not asked here."""

    def __init__(self, request: HttpRequest) -> None:
        uri = f"https://{request.get_host()}{request.path}"
        OAuth2Request.__init__(self, method=request.method or "", uri=uri, headers=request.headers)
        self.payload = DjangoOAuth2Payload(request)
        self._request = request


class Server(AuthorizationServer):
    """Nothing of Authlib's own tables: clients are ours, and of a token the digest is kept."""

    def __init__(self) -> None:
        super().__init__(None, None)
        self.scopes_supported = [scope.value for scope in Scope]

    def query_client(self, client_id: str) -> Registered | None:
        found = find_client(client_id)
        return Registered(found) if found is not None else None

    def create_oauth2_request(self, request: HttpRequest) -> Asked:
        return Asked(request)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        AccessToken.objects.create(
            digest=hash_of(token["access_token"]),
            client=request.client.row,
            scopes=token["scope"].split(),
            expires_at=timezone.now() + timedelta(seconds=TOKEN_LASTS_S),
        )

    def handle_response(self, status_code: int, payload: Any, headers: Any) -> HttpResponse:
        """An unknown client, a wrong secret and a wrong signature are one answer."""
        if isinstance(payload, dict) and payload.get("error") == InvalidClientError.error:
            refusal = JsonResponse({"error": InvalidClientError.error}, status=401)
            refusal.headers["WWW-Authenticate"] = 'Basic realm="api"'
            return refusal
        if isinstance(payload, dict) and payload.get("error") in WORDS:
            payload = {"error_description": WORDS[payload["error"]], **payload}
        response: HttpResponse = super().handle_response(status_code, payload, headers)
        return response

    def create_bearer_token_generator(self) -> BearerTokenGenerator:
        return BearerTokenGenerator(
            access_token_generator=lambda **_said: make_secret()[0],
            expires_generator=lambda _client, _grant: TOKEN_LASTS_S,
        )


class Signed(JWTBearerClientAssertion):
    """One assertion, one token: bound to this endpoint, to a minute, and never taken twice."""

    def __init__(self, address: str) -> None:
        super().__init__(leeway=LEEWAY_S)
        self.address = address

    def get_audiences(self) -> list[str]:
        return [self.address]

    def resolve_client_public_key(self, client: Registered) -> KeySet:
        keys = public_keys(client.row)
        if not keys:
            raise InvalidClientError
        return KeySet.import_key_set({"keys": keys})

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Any:
        """With every algorithm a key can be registered for: Authlib alone would take three."""
        try:
            claims = jwt.decode(assertion, resolve_key, algorithms=list(ALGORITHMS)).claims
        except JoseError as fault:
            raise InvalidClientError from fault
        self.verify_claims(claims)
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        super().verify_claims(claims)
        issued, expires = claims.get("iat"), claims["exp"]
        if not isinstance(issued, int | float) or not 0 < expires - issued <= LONGEST_S:
            raise InvalidClientError

    def validate_jti(self, claims: dict[str, Any], jti: Any) -> bool:
        if not isinstance(jti, str) or not 0 < len(jti) <= 200:
            return False
        try:
            spend(f"token|{claims['sub']}", jti, claims["exp"])
        except Refused:
            return False
        return True


class Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


@csrf_exempt
async def token(request: HttpRequest) -> HttpResponse:
    """POST, a form: grant_type=client_credentials, optionally scope. Never by cookie, hence no form token."""
    if request.method != "POST":
        refusal = _refuse("Only POST is taken here.", 405)
        refusal.headers["Allow"] = "POST"
        return refusal
    if request.GET:
        # What stands in an address stands in logs: neither secret nor assertion is read from there.
        return _refuse("Everything belongs in the body, nothing in the address.")
    if request.content_type != FORM:
        return _refuse(f"The body must be {FORM}.")
    declared = request.META.get("CONTENT_LENGTH") or "0"
    is_small = declared.isdigit() and int(declared) <= LONGEST_BODY and len(request.body) <= LONGEST_BODY
    if not is_small:
        return _refuse(f"The body may have {LONGEST_BODY} bytes at most.")
    return await on_database_thread(_grant, request)


def _refuse(words: str, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": "invalid_request", "error_description": words}, status=status)


def _grant(request: HttpRequest) -> HttpResponse:
    try:
        count_call(f"address-{request.META.get('REMOTE_ADDR', '')}", settings.API_RATES["address"])
    except Refused as refused:
        busy = JsonResponse({"error": "temporarily_unavailable"}, status=429)
        busy.headers["Retry-After"] = str(refused.retry_after_s)
        return busy
    server = Server()
    server.register_grant(Grant)
    server.register_client_auth_method(BY_KEY, Signed(request.build_absolute_uri(request.path)))
    try:
        response: HttpResponse = server.create_token_response(request)
    except (ValueError, TypeError, KeyError, OverflowError):
        # What a stranger sends before it is judged; nothing of it is told back.
        return _refuse("The request could not be read.")
    return response
