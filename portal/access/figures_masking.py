"""Numbers told so that nobody can be found in them: under five they are not told, nor anything that five less
another number gives away.
"""

from django.utils.translation import gettext as _

FEW = 5


def is_few(count: int) -> bool:
    """So small that it might be about somebody. None at all is about nobody."""
    return 0 < count < FEW


def told_count(count: int) -> str:
    """The number as text."""
    if count == 0:
        return _("inga")
    return _("färre än %(few)s") % {"few": FEW} if is_few(count) else str(count)


def told_share(part: int, whole: int) -> str:
    """How large a part, where neither it nor what is left of the whole is small. The whole is never told."""
    if whole < FEW:
        return _("För få för att visas")
    if part < FEW:
        return _("Färre än %(few)s") % {"few": FEW}
    if whole - part < FEW:
        return _("Alla utom färre än %(few)s") % {"few": FEW}
    return _("%(percent)s %%") % {"percent": percent_of(part, whole)}


def percent_of(part: int, whole: int) -> int:
    """Whole percent, rounded down: a hundred is everything and nothing less."""
    return part * 100 // whole


def may_name_worst(worst: int) -> bool:
    """A source is named, never with its own count: that and the sum would give away the others'."""
    return worst >= FEW
