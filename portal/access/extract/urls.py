"""Loggutdrag. ``handle`` is opaque and bound to the session."""

from django.urls import path

from portal.access.extract import views

urlpatterns = [
    path("", views.order, name="extract_order"),
    path("<str:handle>/", views.show, name="extract"),
]
