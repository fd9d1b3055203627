"""Loggkontroll, for assignments with the right to review the log."""

from django.urls import path

from portal.access.review import views

urlpatterns = [
    path("", views.home, name="review_home"),
    path("dra/", views.draw, name="review_make_draw"),
    path("urval/<int:draw_id>/", views.listing, name="review_draw"),
    path("visning/<uuid:item_id>/", views.item, name="review_item"),
    path("visning/<uuid:item_id>/nummer/", views.number, name="review_number"),
]
