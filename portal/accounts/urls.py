"""Sign-in and sign-out. Nobody registers here and nothing is mailed: allauth's other pages are left out."""

from allauth.account import views
from django.urls import path

from portal.accounts.views import session_end, sign_out

urlpatterns = [
    path("logga-in/", views.login, name="account_login"),
    path("logga-ut/", sign_out, name="account_logout"),
    path("session/", session_end, name="session_end"),
]
