"""Under the patient's opaque handle, as every page about one."""

from django.urls import path

from portal.overview.paper import views

urlpatterns = [
    path("utskrift/", views.print_overview, name="print"),
    path("overrapportering/", views.hand_over, name="handover"),
    path("mote/", views.meeting, name="meeting"),
    path("mote/visa/", views.meeting_room, name="meeting_room"),
]
