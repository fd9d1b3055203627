"""allauth's OpenID Connect, closed where it is open: nothing of the flow is steered by the address that
starts it, and every call to the identity provider takes the house's own way out."""

import secrets
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from portal.accounts.oidc import calling
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.accounts.oidc.signing import complete
from portal.settings.saml import SamlProvider
from portal.settings.sign_in import IdentityProvider


def find_idp(provider_id: str) -> IdentityProvider:
    """Raises Http404."""
    found = next((idp for idp in settings.IDENTITY_PROVIDERS if idp.id == provider_id), None)
    if found is None:
        raise Http404
    return found


def is_known(provider_id: str) -> bool:
    """Whether somebody can be asked for her card there: a record system that vouched at a launch is none."""
    return any(idp.id == provider_id for idp in settings.IDENTITY_PROVIDERS)


def who_vouched(provider_id: str) -> IdentityProvider | SamlProvider | None:
    """Whose word a session rests on: a provider of either sort, or a record system that launched."""
    every: list[IdentityProvider | SamlProvider] = [*settings.IDENTITY_PROVIDERS, *settings.SAML_PROVIDERS]
    every += [one.idp for one in settings.LAUNCHERS.smart]
    return next((one for one in every if one.id == provider_id), None)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Nobody registers through an identity provider, and nothing calls out by itself."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def get_requests_session(self) -> Any:
        """allauth would follow redirects to anywhere, without a clock. Ours is ``calling``."""
        raise SignInRefused(Why.UNREACHABLE, "requests")

    def on_authentication_error(
        self,
        request: HttpRequest,  # noqa: ARG002
        provider: Any,  # noqa: ARG002
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,  # noqa: ARG002
    ) -> None:
        """Every way a flow can fail inside allauth ends on our page."""
        if isinstance(exception, SignInRefused):
            raise exception
        if error == AuthError.CANCELLED:
            raise SignInRefused(Why.CANCELLED)
        raise SignInRefused(Why.STALE if exception is None else Why.UNTRUSTED, type(exception).__name__)


class StaffAdapter(OpenIDConnectOAuth2Adapter):
    """The client of one sign-in. ``stashed``: what was put aside when it began."""

    stashed: dict[str, Any] | None = None

    @property
    def idp(self) -> IdentityProvider:
        return find_idp(self.provider_id)

    @property
    def openid_config(self) -> dict[str, Any]:
        return calling.configuration_of(self.idp)

    @property
    def authorize_url(self) -> str:
        return calling.endpoint_of(self.idp, "authorization_endpoint")

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: Any,
        client: Any,  # noqa: ARG002
        pkce_code_verifier: str | None = None,
    ) -> dict[str, Any]:
        code = request.GET.get("code", "")
        verifier = pkce_code_verifier or ""
        data = calling.exchange_code(self.idp, code, verifier, self.get_callback_url(request, app))
        if not isinstance(data.get("access_token"), str):
            raise SignInRefused(Why.UNTRUSTED, "no_access_token")
        return data

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Ends the flow here: an account is found by HSA-id, and allauth keeps no copy of any claim."""
        answer = complete(request, self.idp, kwargs["response"], self.stashed or {})
        raise ImmediateHttpResponse(answer)


class StaffProvider(OpenIDConnectProvider):
    oauth2_adapter_class = StaffAdapter
    pkce_enabled_default = True

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, Any]:  # noqa: ARG002
        """The address that starts a sign-in says nothing about how."""
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:  # noqa: ARG002
        return self.get_scope()

    def get_auth_params(self) -> dict[str, Any]:
        return {"acr_values": " ".join(find_idp(self.app.provider_id).acr)}

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """With a nonce: kept in the session with the state, so that each answer counts once, here alone."""
        nonce = secrets.token_urlsafe(32)
        params = {**self.get_auth_params(), **kwargs.pop("auth_params", {}), "nonce": nonce}
        answer: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=params, nonce=nonce, **kwargs
        )
        return answer


class CallbackView(OAuth2CallbackView):
    adapter: StaffAdapter

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        """Taken out of the session once; the adapter needs the nonce in it."""
        state, answer = super()._get_state(request, provider)
        self.adapter.stashed = state
        return state, answer
