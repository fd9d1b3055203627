"""Certificates that run out: those of sources, read where they are kept, and files that are named.

Told 30, 7 and 1 days before and from then on, once a day: a line in the log of events, the administrators'
start page, the source's own page. Times in UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from connectors.base.certificates import CERTIFICATE_BEGINS, end_of
from connectors.models import Source

TOLD_DAYS_BEFORE = (1, 7, 30)


@dataclass(frozen=True, slots=True)
class Expiring:
    """One certificate, or the first of a chain to run out. ``ends_at`` None: it cannot be read."""

    where: str
    what: str
    ends_at: datetime | None

    def days_left(self, now: datetime) -> int | None:
        """Whole days; negative when it has run out."""
        return None if self.ends_at is None else (self.ends_at - now) // timedelta(days=1)

    def stage(self, now: datetime) -> str:
        """ "ok", "30", "7", "1" (days that it is within), "expired" or "unreadable"."""
        if self.ends_at is None:
            return "unreadable"
        if self.ends_at <= now:
            return "expired"
        within = [days for days in TOLD_DAYS_BEFORE if self.ends_at - now <= timedelta(days=days)]
        return str(within[0]) if within else "ok"

    def told(self, now: datetime) -> str:
        """In words, for an administrator."""
        if self.ends_at is None:
            return _("%(what)s: går inte att läsa") % {"what": self.what}
        words = {"what": self.what, "day": f"{self.ends_at:%Y-%m-%d}", "days": self.days_left(now)}
        if self.ends_at <= now:
            return _("%(what)s: gick ut %(day)s. Källan frågas inte.") % words
        if self.stage(now) == "ok":
            return _("%(what)s: gäller till %(day)s") % words
        return _("%(what)s: går ut %(day)s, om %(days)s dagar") % words


def certificates_of(source: Source) -> list[Expiring]:
    """Every certificate among a source's settings and secrets, by the name of its setting."""
    labels = {one.name: str(one.label) for one in source.manifest.settings} if source.manifest else {}
    held = {**source.settings, **source.read_secrets()}
    return list(_among(source.slug, held, labels))


def all_certificates() -> list[Expiring]:
    """Of sources in use and the national log, and of files that WATCHED_CERTIFICATES names (the proxy's, a
    collector's)."""
    sources = [one for source in Source.objects.filter(enabled=True) for one in certificates_of(source)]
    return [*sources, *_of_national_log(), *(_of_file(Path(name)) for name in settings.WATCHED_CERTIFICATES)]


def soon_out(now: datetime) -> list[Expiring]:
    """Those that somebody must see to."""
    return [one for one in all_certificates() if one.stage(now) != "ok"]


def _among(where: str, held: Mapping[str, str], labels: Mapping[str, str]) -> Iterator[Expiring]:
    for name, value in held.items():
        if CERTIFICATE_BEGINS in str(value):
            yield Expiring(where, labels.get(name, name), _end_or_none(str(value)))


def _of_national_log() -> Iterator[Expiring]:
    """What the national log service is shown, where there is one."""
    place = settings.NATIONAL_LOG
    if place is not None:
        said = {"NATIONAL_LOG_CERTIFICATE": place.certificate, "NATIONAL_LOG_AUTHORITY": place.authority}
        yield from _among("", said, {})


def _of_file(file: Path) -> Expiring:
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        text = ""
    return Expiring("", file.name, _end_or_none(text))


def _end_or_none(text: str) -> datetime | None:
    try:
        return end_of(text)
    except ValueError:
        return None
