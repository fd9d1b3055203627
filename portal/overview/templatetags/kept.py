"""``{% kept %}``: a part of a page that is the same for everybody who gets it, drawn once and kept (ADR 64).

    {% kept theme is_in=request.actor holes csrf_token name=request.actor.name %} … {% endkept %}

What stands before ``holes`` decides how the part looks, and is the whole of what it is drawn from: it has a
context of its own, without the page's. Each such value is a yes or no, a small number, a member of a closed
set, or made of those; all else is refused, so no word about anybody can be in what is kept. A name
that asks (``is_``, ``has_``) is taken as yes or no. Holes are filled anew each time, escaped.

The part is cut at its holes while it is drawn, from marks that no page ever holds: nothing is looked for in
text that came from a source or a reader. A hole is put in place as it is: to ask it, or to send it through a
filter, is a mistake, which the tests find by drawing every page without keeping anything.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from html import escape
from typing import Any

from django import template
from django.core.signals import setting_changed
from django.template.base import FilterExpression, NodeList, Parser, Token, render_value_in_context
from django.template.context import Context
from django.template.loader_tags import BlockNode
from django.utils.translation import get_language

register = template.Library()

# How many parts are kept; one more, and all are forgotten. In life there are some hundreds, of a kB each.
MOST = 4096
SMALL = 1000

# What stands before, between and after the holes, and which hole follows each.
Cut = tuple[str, tuple[tuple[int, str], ...]]
Names = tuple[tuple[str, FilterExpression], ...]

KEPT: dict[Any, Cut] = {}


class NotPlain(TypeError):
    """A value that might tell of somebody would have decided what is kept."""


@register.tag
def kept(parser: Parser, token: Token) -> "KeptNode":
    decides: dict[str, FilterExpression] = {}
    holes: dict[str, FilterExpression] = {}
    found = token.split_contents()[1:]
    for place, bit in enumerate(found):
        name, is_renamed, words = bit.partition("=")
        named = {name: parser.compile_filter(words if is_renamed else name)}
        if "holes" in found[:place]:
            holes |= named
        elif bit != "holes":
            decides |= named
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodes.get_nodes_by_type(BlockNode):
        # A page that fills it would not know that it has no context there.
        raise template.TemplateSyntaxError("a block inside a kept part")
    return KeptNode(tuple(decides.items()), tuple(holes.items()), nodes)


class KeptNode(template.Node):
    def __init__(self, decides: Names, holes: Names, nodelist: NodeList) -> None:
        self.decides, self.holes, self.nodelist = decides, holes, nodelist

    def render(self, context: Context) -> str:
        values = tuple(
            told(name, found.resolve(context, ignore_failures=True)) for name, found in self.decides
        )
        if context.template is None or context.template.engine.debug:
            # Somebody is at work on the templates.
            return self.render_anew(context, values)
        key = (self, get_language(), values)
        cut = KEPT.get(key)
        if cut is None:
            cut = self.draw(context, values)
            if len(KEPT) >= MOST:
                KEPT.clear()
            KEPT[key] = cut
        first, rest = cut
        filled = [filling(context, found) for _, found in self.holes]
        return "".join([first, *(part for hole, after in rest for part in (filled[hole], after))])

    def render_anew(self, context: Context, values: Iterable[Any]) -> str:
        """As any other part of a page: in its context, nothing kept."""
        named = dict(zip((name for name, _ in self.decides), values, strict=True))
        named |= {name: found.resolve(context) for name, found in self.holes}
        with context.push(**{name: value for name, value in named.items() if "." not in name}):
            return self.nodelist.render(context)

    def draw(self, context: Context, values: tuple[Any, ...]) -> Cut:
        """The part, from these values alone, cut at its holes. Raises NotPlain."""
        named = dict(zip((name for name, _ in self.decides), values, strict=True))
        for name, value in named.items():
            if not is_plain(value):
                raise NotPlain(name)
        cipher = f"x{secrets.token_hex(16)}"
        named |= {name: f"{cipher}h{n}h" for n, (name, _) in enumerate(self.holes)}
        own = Context(nested(named))
        own.template, own.render_context = context.template, context.render_context
        first, *rest = re.split(rf"{cipher}h(\d+)h", self.nodelist.render(own))
        return first, tuple((int(hole), after) for hole, after in zip(rest[::2], rest[1::2], strict=True))


def filling(context: Context, found: FilterExpression) -> str:
    """What a template would write. The shortest way first: most holes are plain text."""
    value = found.resolve(context)
    return escape(value) if type(value) is str else str(render_value_in_context(value, context))


def told(name: str, value: Any) -> Any:
    return bool(value) if name.startswith(("is_", "has_")) else value


def nested(named: Mapping[str, Any]) -> dict[str, Any]:
    """``line.label`` as a template reads it: the label of a line."""
    made: dict[str, Any] = {}
    for name, value in named.items():
        *before, last = name.split(".")
        inner = made
        for part in before:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return made


def is_plain(value: Any) -> bool:
    """Whether nobody can be told from it: no text but that of closed sets, no number that could be one's."""
    if value is None or isinstance(value, bool | Enum):
        return True
    if isinstance(value, int):
        return 0 <= value < SMALL
    if isinstance(value, tuple | frozenset):
        return all(map(is_plain, value))
    if is_dataclass(value):
        return all(is_plain(getattr(value, one.name)) for one in fields(value))
    return False


def forget(**_changed: Any) -> None:
    """Tests change settings under which other addresses and files stand on a page."""
    KEPT.clear()


setting_changed.connect(forget, dispatch_uid="kept")
