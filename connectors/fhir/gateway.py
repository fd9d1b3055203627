"""How requests through an API gateway are signed: OAuth 2 client credentials, and its own key."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from connectors.base.authentication import Authentication, ClientCredentials, FixedHeader, PostForm
from connectors.base.contract import Setting

SUBSCRIPTION_HEADER = "Ocp-Apim-Subscription-Key"
CLIENT_SETTINGS = (
    Setting("token_url", _("Adress till tokentjänsten"), help=_("Dit skickas bara klient-id och hemlighet.")),
    Setting("client_id", _("Klient-id")),
    Setting("client_secret", _("Klienthemlighet"), is_secret=True),
    Setting("scope", _("Omfång (scope)"), is_required=False),
)
GATEWAY_SETTINGS = (
    *CLIENT_SETTINGS,
    Setting("subscription_key", _("Prenumerationsnyckel till gatewayen"), is_secret=True, is_required=False),
)


class WithSubscription:
    """A token, and beside it the key that the gateway wants. Both go to the source's own origin alone."""

    def __init__(self, token: Authentication, key: str) -> None:
        self._token = token
        self._key = FixedHeader(SUBSCRIPTION_HEADER, key)

    async def headers(self, post_form: PostForm) -> Mapping[str, str]:
        return {**await self._token.headers(post_form), **await self._key.headers(post_form)}

    def renew(self, headers: Mapping[str, str]) -> bool:
        return self._token.renew(headers)


def client_authentication(settings: Mapping[str, str]) -> ClientCredentials:
    return ClientCredentials(*(settings.get(setting.name, "") for setting in CLIENT_SETTINGS))


def gateway_authentication(settings: Mapping[str, str]) -> Authentication:
    token = client_authentication(settings)
    key = settings.get("subscription_key", "")
    return WithSubscription(token, key) if key else token
