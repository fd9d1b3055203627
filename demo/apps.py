from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Simulated vendors, invented people, one-click sign-in. The product runs without it."""

    name = "demo"
    verbose_name = "Demo"
