"""Blocks of one patient, under her opaque handle."""

from django.urls import path

from portal.access import lifting, lifting_requests

urlpatterns = [
    path("", lifting.blocks, name="blocks"),
    path("hav/samtycke/", lifting.lift_by_consent, name="lift_by_consent"),
    path("hav/behov/", lifting.lift_by_need, name="lift_by_need"),
    path("sluta/", lifting.end_lift, name="end_lift"),
    path("be/", lifting.ask_to_lift, name="ask_to_lift"),
    path("begaran/", lifting_requests.answer_lift, name="answer_lift"),
]
