"""Sign-in and sign-out. Nobody registers here and nothing is mailed: allauth's other pages are left out."""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("logga-in/", views.login, name="account_login"),
    path("logga-ut/", views.logout, name="account_logout"),
]
