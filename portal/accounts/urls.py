"""Sign-in and sign-out. Nobody registers here and nothing is mailed: allauth's other pages are left out."""

from django.urls import path

from portal.accounts.oidc.views import begin, come_back
from portal.accounts.views import SignInView, sign_out

urlpatterns = [
    path("logga-in/", SignInView.as_view(), name="account_login"),
    path("logga-in/<slug:provider_id>/", begin, name="oidc_login"),
    # allauth looks its callback up by this name.
    path("logga-in/<slug:provider_id>/svar/", come_back, name="openid_connect_callback"),
    path("logga-ut/", sign_out, name="account_logout"),
]
