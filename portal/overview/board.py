"""The page while it fills: what has come, which version each slot is at, and what to send next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.template.loader import render_to_string

from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.judging import read_button
from portal.aggregation.news import News, news_in
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Reading, State
from portal.aggregation.wording import clock
from portal.overview.presenters.calling import CallCard, present_calling
from portal.overview.presenters.faces import Shape
from portal.overview.presenters.latest import Latest, present_latest, since_words
from portal.overview.presenters.safety import Safety, present_safety
from portal.overview.presenters.sources import (
    SourceLine,
    Summary,
    present_awaited,
    present_sources,
    present_summary,
)
from portal.overview.presenters.tiles import Awaited, Tile, present_tile
from portal.overview.visit import Visit, as_seen

STRIP_KINDS = frozenset({Kind.CARE_LIMITATION, Kind.WARNING})


@dataclass(slots=True)
class Board:
    """Slots are numbered stacks: what is sent for a higher number covers what was sent for a lower one.

    csrf_token: for the forms in later fragments, taken while the request was at hand. latest: as last sent;
    what has not changed is not sent again.
    """

    visit: Visit
    csrf_token: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    latest: Latest | None = None
    _read: dict[Kind, Reading] = field(default_factory=dict)
    _news: dict[Kind, tuple[Reading, News]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for refused in self.visit.division.refused:
            self.outcomes[refused.source.slug] = as_seen(refused, self.visit.ruling.at)

    @property
    def handle(self) -> str:
        return self.visit.opened.handle

    @property
    def fetched(self) -> str:
        return clock(self.visit.ruling.at)

    def depth(self, kinds: frozenset[Kind]) -> int:
        """How many times content about these kinds can change: once for each source asked for any of them."""
        return sum(bool(question.kinds & kinds) for question in self.visit.division.asked)

    def shape(self) -> Shape:
        return Shape(
            cells=tuple((button.kind, self.depth(frozenset({button.kind}))) for button in BUTTONS),
            strip=self.depth(STRIP_KINDS),
            call=self.depth(frozenset({Kind.CONTACT})),
            whole=len(self.visit.asked),
        )

    def readings(self) -> tuple[Reading, ...]:
        """Every button. What has been read stays so until a source that feeds it answers."""
        for button in BUTTONS:
            if button.kind not in self._read:
                self._read[button.kind] = read_button(self.visit.scene, button, self.outcomes)
        return tuple(self._read[button.kind] for button in BUTTONS)

    def tile(self, reading: Reading, version: int) -> Tile:
        return present_tile(reading, self.handle, version, self.fetched, self.news_of(reading).fresh)

    def news_of(self, reading: Reading) -> News:
        """What is new under a button since the reader looked: gone through once for each reading of it."""
        kept = self._news.get(reading.button.kind)
        if kept is None or kept[0] is not reading:
            kept = self._news[reading.button.kind] = reading, news_in([reading], self.visit.ruling.looked_at)
        return kept[1]

    def placed(self, reading: Reading, version: int) -> tuple[Awaited | None, Tile | None]:
        """What stands in the button's slot: one of the two."""
        if reading.state is State.WAITING:
            return Awaited(reading.button.kind, version), None
        return None, self.tile(reading, version)

    def safety(self) -> Safety:
        self.readings()
        limitations, warnings = self._read[Kind.CARE_LIMITATION], self._read[Kind.WARNING]
        provider, awaited = self.visit.scene.actor.provider.name, tuple(self.limits_awaited().values())
        return present_safety(limitations, warnings, self.outcomes, provider, awaited)

    def limits_awaited(self) -> dict[str, str]:
        """Who was asked for limitations and has not answered: the name of each, by slug."""
        return {
            question.source.slug: question.source.label
            for question in self.visit.division.asked
            if Kind.CARE_LIMITATION in question.kinds and question.source.slug not in self.outcomes
        }

    def summary(self, readings: Sequence[Reading]) -> Summary:
        made = present_summary(readings, self.visit.asked, self.outcomes, self.limits_awaited())
        looked_at, today = self.visit.ruling.looked_at, self.visit.scene.moment.today
        news = sum(map(self.news_of, readings), News())
        return replace(made, since=since_words(looked_at, news, today, is_final=made.is_final))

    def take_latest(self, readings: Sequence[Reading], *, is_final: bool) -> dict[str, Any]:
        """Senast hänt where it has changed."""
        made = present_latest(readings, self.visit.scene.moment.today, is_final=is_final)
        if made == self.latest:
            return {}
        self.latest = made
        return {"latest": made, "latest_version": self.next_version("latest")}

    def calling(self, readings: Sequence[Reading]) -> CallCard:
        contact = next(reading for reading in readings if reading.button.kind is Kind.CONTACT)
        return present_calling(contact, self.visit.scene.moment)

    def awaited_lines(self) -> list[SourceLine]:
        return [present_awaited(profile, self.visit.ruling.at) for profile in self.visit.asked]

    def unasked_lines(self) -> list[SourceLine]:
        """Of those the reader may not ask, or that nobody knows she may not."""
        asked = {profile.slug for profile in self.visit.asked}
        others = [outcome for slug, outcome in self.outcomes.items() if slug not in asked]
        return present_sources(others, self.visit.ruling.at)

    def shell(self) -> dict[str, Any]:
        """Everything the first chunk holds: each slot at version 0."""
        readings = self.readings()
        summary = self.summary(readings)
        self.latest = present_latest(readings, self.visit.scene.moment.today, is_final=summary.is_final)
        return {
            "shape": self.shape(),
            "tiles": [self.placed(reading, 0) for reading in readings],
            "safety": self.safety(),
            "summary": summary,
            "latest": self.latest,
            "calling": self.calling(readings),
            "source_lines": self.awaited_lines(),
            "unasked": self.unasked_lines(),
            "asked": [f"source-{profile.slug}" for profile in self.visit.asked],
            "handle": self.handle,
        }

    def take(self, outcomes: Iterable[Outcome]) -> str:
        """Add what has come and give the fragments that follow from it."""
        came = {outcome.source.slug: outcome for outcome in outcomes}
        self.outcomes |= came
        for kind in frozenset(kind for outcome in came.values() for kind in outcome.source.kinds):
            self._read.pop(kind, None)
        kinds = frozenset(kind for outcome in came.values() for kind in outcome.kinds)
        readings = self.readings()
        changed = [reading for reading in readings if reading.button.kind in kinds]
        summary = self.summary(readings)
        context: dict[str, Any] = {
            "tiles": [self.placed(r, self.next_version(r.button.key)) for r in changed],
            "summary": summary,
            **self.take_latest(readings, is_final=summary.is_final),
            "status_version": self.next_version("status"),
            "source_lines": present_sources(came.values(), self.visit.ruling.at),
            "handle": self.handle,
            "csrf_token": self.csrf_token,
        }
        if Kind.CONTACT in kinds:
            context |= {"calling": self.calling(readings), "call_version": self.next_version("call")}
        if kinds & STRIP_KINDS:
            context |= {"safety": self.safety(), "strip_version": self.next_version("strip")}
        return render_to_string("overview/release.html", context)

    def next_version(self, key: str) -> int:
        self.versions[key] = self.versions.get(key, 0) + 1
        return self.versions[key]
