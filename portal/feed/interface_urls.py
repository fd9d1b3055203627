"""The interface itself. Apart from the pages, so that its description tells of nothing else."""

from django.urls import path

from portal.feed.endpoints import NoticeView, PushView

urlpatterns = [
    path("records", PushView.as_view(), name="feed_push"),
    path("notices/<slug:slug>", NoticeView.as_view(), name="feed_notice"),
]
