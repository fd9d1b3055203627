"""The access step of one patient. ``handle`` is opaque and bound to the session."""

from django.urls import path

from portal.access import views

urlpatterns = [
    path("", views.step, name="access_step"),
    path("relation/", views.relation, name="confirm_relation"),
    path("samtycke/", views.consent, name="give_consent"),
    path("nekar/", views.refuse, name="refuse_consent"),
    path("nekar/makulera/", views.annul_refusal, name="annul_refusal"),
    path("samtycke/avsluta/", views.end_consent, name="end_consent"),
    path("enheter/", views.choose_units, name="choose_units"),
    path("kan-inte/", views.inability, name="inability"),
    path("kan-inte/tillfalligt/", views.temporary, name="record_temporary"),
    path("kan-inte/uppgifter/", views.inability_names, name="inability_names"),
    path("barn/", views.child, name="assess_child"),
    path("nodsituation/", views.emergency, name="emergency"),
    path("nodsituation/vardgivare/", views.names, name="emergency_names"),
]
