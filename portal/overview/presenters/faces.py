"""What is the same whoever the page is about: where each button stands, and how it looks in each state."""

from dataclasses import dataclass

from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF, GROUP_LABELS, Button, Group, in_group
from portal.aggregation.states import LIT, State
from portal.overview.presenters.words import STATE_WORDS


@dataclass(frozen=True, slots=True)
class Face:
    """All of a button that a few choices make, and nothing a source has said."""

    kind: Kind
    state: State
    is_acted: bool
    has_headline: bool
    has_count: bool
    has_when: bool

    @property
    def label(self) -> str:
        return str(BUTTON_OF[self.kind].label)

    @property
    def icon(self) -> str:
        return BUTTON_OF[self.kind].icon

    @property
    def is_lit(self) -> bool:
        return self.state in LIT

    @property
    def word(self) -> str:
        return str(STATE_WORDS[self.state].word)

    @property
    def state_icon(self) -> str:
        return STATE_WORDS[self.state].icon


@dataclass(frozen=True, slots=True)
class Cell:
    """A button's fixed place, and how many times its content may be replaced."""

    key: str
    action_key: str
    depth: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Every place on the page and how many times its content may be replaced: by how many sources that are
    asked for some of the kinds in it. ``whole``: of what any source may change."""

    cells: tuple[tuple[Kind, int], ...]
    strip: int
    call: int
    whole: int

    @property
    def groups(self) -> list[tuple[Group, str, list[Cell]]]:
        depths = dict(self.cells)
        return [
            (group, str(label), [Cell(b.key, action_key(b), depths[b.kind]) for b in in_group(group)])
            for group, label in GROUP_LABELS.items()
        ]


def action_key(button: Button) -> str:
    return f"{button.key}-do"
