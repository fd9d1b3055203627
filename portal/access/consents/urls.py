"""The consents of one patient, and what she is told before she is asked."""

from django.urls import path

from portal.access.consents import views
from portal.access.consents.information import information

urlpatterns = [
    path("samtycken/", views.page, name="consents"),
    path("samtycken/nytt/", views.give, name="consents_give"),
    path("samtycken/nekar/", views.refuse, name="consents_refuse"),
    path("samtycken/nekar/makulera/", views.annul_refusal, name="consents_annul_refusal"),
    path("samtycken/avsluta/", views.end, name="consents_end"),
    path("samtycken/makulera/", views.annul, name="consents_annul"),
    path("samtycken/sip/", views.give_sip, name="consents_give_sip"),
    path("samtycken/sip/avsluta/", views.stop_sip, {"way": "end"}, name="consents_end_sip"),
    path("samtycken/sip/makulera/", views.stop_sip, {"way": "annul"}, name="consents_annul_sip"),
    path("information/", information, name="information"),
]
