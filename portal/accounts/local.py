"""Local accounts' second factor, kept by allauth.mfa: secrets encrypted, pages behind a fresh proof."""

import base64
from io import BytesIO
from typing import Any

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from qrcode.image.svg import SvgPathFillImage

from consent.encryption import Undecipherable, key_id_of, seal, unseal
from portal.accounts.models import User
from portal.accounts.proofs import is_fresh, lacks_second_factor, proof_of
from portal.accounts.sessions import sessions_of

PLACE = b"mfa_authenticator\0data"


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        keys = settings.KEYS
        sealed = seal(text.encode(), PLACE, keys.field[keys.field_current], keys.field_current)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Undecipherable."""
        sealed = base64.b64decode(encrypted_text)
        key = settings.KEYS.field.get(key_id_of(sealed))
        if key is None:
            raise Undecipherable("mfa_authenticator.data")
        return unseal(sealed, PLACE, key).decode()

    def get_totp_issuer(self) -> str:
        return str(_("Patientöversikt"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Nyckel %(number)d") % {"number": number}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed from here."""


@login_required
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """One's own second factor: what there is, what can be added."""
    held = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at"))
    context = {
        "passkeys": [one.wrap() for one in held if one.type == Authenticator.Type.WEBAUTHN],
        "totp": next((one for one in held if one.type == Authenticator.Type.TOTP), None),
        "codes": next((one for one in held if one.type == Authenticator.Type.RECOVERY_CODES), None),
        "has_password": isinstance(request.user, User) and request.user.has_usable_password(),
        "is_local": not proof_of(request.session).get("idp"),
        "must_add": lacks_second_factor(request.session),
        "can_confirm": bool(held) and lacks_second_factor(request.session),
        "is_fresh": is_fresh(request.session),
        "sessions": sessions_of(request.user),
        "this_session": proof_of(request.session).get("id"),
        "signed_in": True,
    }
    return render(request, "account/security.html", context)


@login_required
@require_GET
def totp_picture(request: HttpRequest) -> HttpResponse:
    """The secret that is about to be set up, as a picture for a telephone to read. Of one's own session.

    On white, however dark the page is: a telephone looks for dark on light.
    """
    secret = request.session.get(SECRET_SESSION_KEY)
    user: Any = request.user
    if not secret or not isinstance(user, User):
        raise Http404
    adapter = MFAAdapter()
    drawn = BytesIO()
    qrcode.make(adapter.build_totp_url(user, secret), image_factory=SvgPathFillImage).save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
