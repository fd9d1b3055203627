"""Small tags: an icon of the sprite, nested slots that let a later answer cover an earlier, soft breaks."""

import re
from functools import cache, lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.overview.presenters.thumb import Thumb, present_thumb
from portal.overview.presenters.tools import Toolbar, ToolLink, present_tools

register = template.Library()

# Where a long compound may break, on a narrow button or in a heading; browsers here rarely know the
# language's rules.
FIRST_PARTS = re.compile(
    r"(?i)(\bvård|\böver|\bhem|\butskriv|\bvaccina|\bhyper|begräns|tillgänglighets)(?=\w{5})"
)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """A decoration: the words beside it say the same, so assistive technology skips it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
@cache
def stack(name: str, depth: int) -> SafeString:
    """Slots ``name-depth`` … ``name-0``, each inside the one that covers it."""
    opening = format_html_join("", '<slot name="{}-{}">', ((name, n) for n in range(depth, -1, -1)))
    return opening + format_html_join("", "</slot>{}", (("",) for _ in range(depth + 1)))


@register.simple_tag
def tools_of(toolbar: Toolbar, handle: str) -> tuple[ToolLink, ...]:
    """The tools of a page as links. ``handle`` may be a hole of a kept part: addresses are made round it."""
    return present_tools(handle, toolbar.kind)


@register.simple_tag
def thumb_of(toolbar: Toolbar, handle: str) -> Thumb:
    """The bar within reach of a thumb, of the same tools."""
    return present_thumb(present_tools(handle, toolbar.kind), handle)


@register.simple_tag
@register.filter
def said(words: str) -> SafeString:
    """What is said of records, isolated; where it holds a source's words, those with their language."""
    parts = getattr(words, "parts", ())
    if not parts:
        return format_html("<bdi>{}</bdi>", words)
    if parts == ((words, True),):
        return format_html('<bdi lang="sv">{}</bdi>', words)
    marks = {True: '<span lang="sv">{}</span>', False: "{}"}
    drawn = ((format_html(marks[is_own], part),) for part, is_own in parts)
    return format_html("<bdi>{}</bdi>", format_html_join("", "{}", drawn))


@register.filter
def breakable(words: str) -> SafeString:
    """Places where a line may break inside long compounds; the words themselves stay as they are."""
    parts = FIRST_PARTS.sub("\\1\0", words).split("\0")
    return format_html_join(format_html('<i class="{}"></i>', "shy"), "{}", ((part,) for part in parts))
