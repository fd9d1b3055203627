"""Two small tags: an icon of the sprite, and the nested slots that let a later answer cover an earlier."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decoration: the words beside it say the same, so assistive technology skips it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def stack(name: str, depth: int) -> SafeString:
    """Slots ``name-depth`` … ``name-0``, each inside the one that covers it."""
    opening = format_html_join("", '<slot name="{}-{}">', ((name, n) for n in range(depth, -1, -1)))
    return opening + SafeString("</slot>" * (depth + 1))
