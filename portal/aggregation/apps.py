from django.apps import AppConfig


class AggregationConfig(AppConfig):
    name = "portal.aggregation"
    verbose_name = "Hämtning"
