"""The access step of one patient. ``handle`` is opaque and bound to the session."""

from django.urls import path

from portal.access import following, steps, views
from portal.access.units import units

urlpatterns = [
    path("", views.step, name="access_step"),
    path("relation/", views.relation, name="confirm_relation"),
    path("relation/avsluta/", views.end_relation, name="end_relation"),
    path("samtycke/", views.consent, name="give_consent"),
    path("samtycke/avsluta/", views.end_consent, name="end_consent"),
    path("samtycke/makulera/", views.annul_consent, name="annul_consent"),
    path("samtycke/bekrafta/", views.reconfirm, name="reconfirm_consent"),
    path("nekar/", views.refuse, name="refuse_consent"),
    path("nekar/makulera/", views.annul_refusal, name="annul_refusal"),
    path("sip/", views.give_sip_consent, name="give_sip_consent"),
    path("enheter/", views.choose_units, name="choose_units"),
    path("enheter/med-uppgifter/", units, name="units"),
    path("kan-inte/", steps.inability, name="inability"),
    path("kan-inte/omprovat/", steps.renew, name="renew_inability"),
    path("kan-inte/tillfalligt/", steps.temporary, name="record_temporary"),
    path("kan-inte/uppgifter/", steps.inability_names, name="inability_names"),
    path("lista/", following.follow, name="follow"),
    path("lista/bort/", following.unfollow, name="unfollow"),
    path("barn/", views.child, name="assess_child"),
    path("nodsituation/", steps.emergency, name="emergency"),
    path("nodsituation/vardgivare/", steps.names, name="emergency_names"),
]
