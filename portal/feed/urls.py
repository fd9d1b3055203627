from django.urls import path

from portal.feed import pages
from portal.feed.openapi import openapi, viewer

urlpatterns = [
    path("", pages.home, name="feed_home"),
    path("schema.json", pages.schema, name="feed_schema"),
    path("exempel/<str:name>", pages.sample, name="feed_sample"),
    path("prova/", pages.check, name="feed_check"),
    path("lamna/", pages.hand_in, name="feed_hand_in"),
    path("openapi.json", openapi, name="feed_openapi"),
    path("api/", viewer, name="feed_viewer"),
]
