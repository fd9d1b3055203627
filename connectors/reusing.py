"""The short name of a source that nobody approved is free for a new request; what was asked for is kept.

The one that was turned down steps aside to a name of its own, with everything that refers to it: its
requests, their reasons and decisions. The access log keeps the name it had.
"""

from django.apps import apps

from connectors.models import Source

SLUG_LENGTH = 40


def set_aside(slug: str) -> str:
    """Give one that was turned down another short name, and tell which; empty where there is none.

    For the transaction that adds the new one and writes the log; references are judged when it ends.
    """
    holder = Source.objects.select_for_update().filter(pk=slug).first()
    if holder is None or not holder.is_turned_down:
        return ""
    name = free_name(slug)
    Source.objects.filter(pk=slug).update(slug=name)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 (Django's documented way to a model's fields)
            if field.related_model is Source:
                key = field.attname
                model._base_manager.filter(**{key: slug}).update(**{key: name})  # noqa: SLF001 (as above)
    return name


def free_name(slug: str) -> str:
    number = 1
    while True:
        ending = f"-tidigare-{number}"
        name = slug[: SLUG_LENGTH - len(ending)] + ending
        if not Source.objects.filter(pk=name).exists():
            return name
        number += 1
