"""Sign-in, sign-out and one's own second factor. Nobody registers here and nothing is mailed: allauth's other
pages are left out."""

from allauth.mfa.base.views import authenticate
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.generic import RedirectView

from portal.accounts.confirming import confirm
from portal.accounts.doors import View, needs_fresh_proof
from portal.accounts.ending import end_own
from portal.accounts.local import security, totp_picture
from portal.accounts.oidc.logout import back_channel, signed_out
from portal.accounts.oidc.views import begin, come_back, prove_again
from portal.accounts.passkeys import add_passkey, sign_in_by_passkey
from portal.accounts.passwords import change_password
from portal.accounts.saml import views as saml
from portal.accounts.views import SignInView, session_end, sign_out


def _guarded(view: View) -> View:
    return login_required(needs_fresh_proof(view))


_same_page = login_required(RedirectView.as_view(pattern_name="security"))

urlpatterns = [
    path("logga-in/", SignInView.as_view(), name="account_login"),
    path("logga-in/kod/", authenticate, name="mfa_authenticate"),
    path("logga-in/nyckel/", sign_in_by_passkey, name="passkey_login"),
    path("logga-in/<slug:provider_id>/", begin, name="oidc_login"),
    path("logga-in/<slug:provider_id>/igen/", prove_again, name="oidc_prove_again"),
    # allauth looks its callback up by this name.
    path("logga-in/<slug:provider_id>/svar/", come_back, name="openid_connect_callback"),
    path("logga-in/<slug:provider_id>/utloggning/", back_channel, name="oidc_back_channel"),
    path("saml/<slug:provider_id>/", saml.begin, name="saml_login"),
    path("saml/<slug:provider_id>/igen/", saml.prove_again, name="saml_prove_again"),
    path("saml/<slug:provider_id>/svar/", saml.answer, name="saml_answer"),
    path("saml/<slug:provider_id>/klar/<str:ticket>/", saml.finish, name="saml_finish"),
    path("logga-ut/", sign_out, name="account_logout"),
    path("session/", session_end, name="session_end"),
    path("utloggad/<slug:provider_id>/", signed_out, name="signed_out"),
    path("bekrafta/", confirm, name="confirm"),
    path("sakerhet/", security, name="security"),
    path("sakerhet/session/<uuid:public_id>/avsluta/", end_own, name="end_session"),
    # allauth leads to its own index and list; both are the one page above.
    path("sakerhet/alla/", _same_page, name="mfa_index"),
    path("sakerhet/nycklar/", _same_page, name="mfa_list_webauthn"),
    path("sakerhet/nycklar/ny/", _guarded(add_passkey), name="mfa_add_webauthn"),
    path("sakerhet/nycklar/<int:pk>/bort/", _guarded(remove_webauthn), name="mfa_remove_webauthn"),
    path("sakerhet/losenord/", _guarded(change_password), name="change_password"),
    path("sakerhet/app/", _guarded(activate_totp), name="mfa_activate_totp"),
    path("sakerhet/app/bild/", totp_picture, name="totp_picture"),
    path("sakerhet/app/bort/", _guarded(deactivate_totp), name="mfa_deactivate_totp"),
    path("sakerhet/koder/", _guarded(view_recovery_codes), name="mfa_view_recovery_codes"),
    path("sakerhet/koder/nya/", _guarded(generate_recovery_codes), name="mfa_generate_recovery_codes"),
]
