from django.apps import AppConfig


class FeedConfig(AppConfig):
    """The open door for small vendors: the interface they deliver through, and the page that explains it."""

    name = "portal.feed"
    label = "feed"
