"""What the access panel says of blocks, wherever it stands."""

from django import template

from consent.ruling import Ruling
from portal.access.lifting_presenters import LiftLines, present_lines

register = template.Library()


@register.simple_tag
def lift_lines(ruling: Ruling) -> LiftLines:
    return present_lines(ruling)
