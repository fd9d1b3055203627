"""What is the same for everybody is drawn once, and nothing about anybody can be in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import SimpleNamespace

import pytest
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from consent.acts import Act
from consent.terms import PersonId
from consent.vocabulary import Kind
from portal.overview.board import Board
from portal.overview.presenters.banner import present_banner
from portal.overview.presenters.listed import Offer, PlaceView
from portal.overview.presenters.thumb import present_thumb
from portal.overview.presenters.tiles import Awaited
from portal.overview.presenters.tools import Toolbar, present_tools
from portal.overview.templatetags import kept
from tests.factories.permits import actor_at, permit_for
from tests.overview.visits import PERSON, ruling_of, shell_of, visit_of

TOLVAN_NUMBER = "191212121212"
OTHER_NUMBER = "194011279090"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Choice:
    colour: Colour
    depths: tuple[int, ...]


@dataclass(frozen=True)
class Named:
    colour: Colour
    name: str


@dataclass
class Thawed:
    colour: Colour


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept.KEPT.clear()
    yield
    kept.KEPT.clear()


def page(part: str, **context: object) -> str:
    return Template("{% load i18n kept %}" + part).render(Context(context))


def texts() -> str:
    """Everything that is kept, and what decided it."""
    return "".join(f"{key[1:]}{first}{rest}" for key, (first, rest) in kept.KEPT.items())


def test_a_part_is_drawn_once_for_all_who_get_it() -> None:
    made = Template("{% load kept %}{% kept colour %}<b>{{ colour }}</b>{% endkept %}")
    drawn = [made.render(Context({"colour": colour})) for colour in (Colour.RED, Colour.BLUE, Colour.RED)]
    assert drawn == ["<b>red</b>", "<b>blue</b>", "<b>red</b>"]
    assert len(kept.KEPT) == 2


@pytest.mark.parametrize(
    "told",
    [
        "Tolvansson",
        int(TOLVAN_NUMBER),
        1000,
        -1,
        1.5,
        date(1912, 12, 12),
        [1],
        {"a": 1},
        ("Tolvansson",),
        frozenset({TOLVAN_NUMBER}),
        PERSON,
        PersonId(TOLVAN_NUMBER),
        actor_at(),
        Named(Colour.RED, "Tolvansson"),
        Thawed(Colour.RED),
        b"Tolvansson",
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_that_could_tell_of_somebody_decides_what_is_kept(told: object) -> None:
    with pytest.raises(TypeError):
        page("{% kept told %}same{% endkept %}", told=told)
    assert not kept.KEPT


@pytest.mark.parametrize(
    "told",
    [None, True, 0, 999, Colour.RED, (1, Colour.RED), frozenset({Colour.RED}), Choice(Colour.RED, (1, 2))],
    ids=repr,
)
def test_small_numbers_and_members_of_closed_sets_do(told: object) -> None:
    assert page("{% kept told %}same{% endkept %}", told=told) == "same"


def test_a_part_sees_nothing_of_the_page_but_what_it_is_given() -> None:
    """Compared with the same part drawn anew, as in every test, one that reaches for more is a mistake."""
    made = Template(
        "{% load kept %}{% kept is_in=name %}{{ name }}{{ request.path }}{% csrf_token %}{% endkept %}"
    )
    request = RequestFactory().get(f"/{TOLVAN_NUMBER}/")
    context = RequestContext(request, {"name": "Tolvansson", "csrf_token": "secret"})
    node = next(one for one in made.nodelist if isinstance(one, kept.KeptNode))
    with context.bind_template(made):
        assert node.draw(context, (True,)) == ("", ())
        with pytest.raises(AssertionError):
            node.render(context)


def test_holes_are_filled_for_each_reader_and_escaped() -> None:
    part = "{% kept holes name %}<b title='{{ name }}'>{{ name }}</b>{% endkept %}"
    made = Template("{% load kept %}" + part)
    drawn = [made.render(Context({"name": name})) for name in ("Ö & <i>", "Tolvan")]
    assert drawn[0] == "<b title='Ö &amp; &lt;i&gt;'>Ö &amp; &lt;i&gt;</b>"
    assert drawn[1] == "<b title='Tolvan'>Tolvan</b>"
    assert len(kept.KEPT) == 1
    assert "Tolvan" not in texts()


def test_a_hole_holds_whatever_a_source_says_and_is_never_looked_through() -> None:
    """Words that look like a mark, a tag or another hole stay words: only what is kept is ever cut."""
    part = "{% kept holes line.label name %}{{ line.label }}|{{ name }}{% endkept %}"
    for nasty in ("x" + "0" * 32 + "h0h", "{{ name }}", "h1h", "\\1", "%s", "\0"):
        assert page(part, line={"label": nasty}, name="B") == f"{nasty}|B"


def test_each_language_has_its_own() -> None:
    made = Template('{% load i18n kept %}{% kept %}{% translate "Sök" %}{% endkept %}')
    drawn = []
    for language in ("sv", "en", "sv"):
        with translation.override(language):
            drawn.append(made.render(Context()))
    assert drawn == ["Sök", "Search", "Sök"]


def test_a_bounded_number_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    made = Template("{% load kept %}{% kept n %}{{ n }}{% endkept %}")
    for n in range(20):
        assert made.render(Context({"n": n})) == str(n)
        assert len(kept.KEPT) <= 3


def test_a_block_cannot_stand_in_a_kept_part() -> None:
    with pytest.raises(TemplateSyntaxError):
        page("{% kept %}{% block words %}{% endblock %}{% endkept %}")


def test_a_button_awaited_is_the_same_for_everybody() -> None:
    """What its kind alone makes of it is what this patient's own reading would."""
    board = Board(visit_of(), "token")
    for reading in board.readings():
        awaited, tile = board.placed(reading, 3)
        assert (awaited, tile) == (Awaited(reading.button.kind, 3), None)
        assert awaited is not None
        assert awaited.tile == board.tile(reading, 3)
        assert kept.is_plain(awaited)
    assert kept.is_plain(board.shape())


def drawn(template: str, handle: str = "one", kind: Kind | None = None, **context: object) -> str:
    listed = PlaceView(Offer(Act.FOLLOW, is_followed=False))
    given = {"toolbar": Toolbar(kind), "listed": listed, "handle": handle, "csrf_token": "a", **context}
    return render_to_string(f"overview/{template}.html", given)


def links(html: str) -> list[str]:
    return re.findall(r'<a (?:class="[^"]*" )?href="(/[^"]*)"', html)


@pytest.mark.usefixtures("quiet_urls")
@pytest.mark.parametrize("kind", [None, Kind.CONTACT])
def test_tools_lead_to_this_patients_pages_and_print_this_pages_list(kind: Kind | None) -> None:
    """Kept once for all, each page's own address in it, whoever was drawn before."""
    banner = present_banner(ruling_of())
    for handle in ("one", "other"):
        tools = present_tools(handle, kind)
        on_a_list = links(drawn("banner", handle, kind, banner=banner))
        on_the_overview = links(drawn("banner", handle, kind, banner=banner, is_overview=True))
        assert [tool.href for tool in tools] == on_a_list
        assert [tool.href for tool in tools if tool.is_first] == on_the_overview
        assert [tool.href for tool in tools if not tool.is_first] == links(drawn("later_tools", handle, kind))
        thumb = present_thumb(tools, handle)
        of_thumb = links(drawn("thumb", handle, kind))
        assert [tool.href for tool in (*thumb.at_hand, *thumb.more)] == of_thumb[:-1]
    assert "other" not in texts()


@pytest.mark.usefixtures("quiet_urls")
def test_the_bar_for_thumbs_names_the_reader_whose_page_it_is() -> None:
    names, tokens = ("Tove Läsaren", "Sten Kanarie"), ("token-one", "token-two")
    for name, token in zip(names, tokens, strict=True):
        request = SimpleNamespace(actor=replace(actor_at(), name=name))
        made = drawn("thumb", request=request, csrf_token=token)
        assert {n for n in (*names, *tokens) if n in made} == {name, token}
    assert not {word for word in (*names, *tokens, actor_at().unit.name) if word in texts()}


@pytest.mark.usefixtures("quiet_urls")
@pytest.mark.parametrize("template", ["thumb", "later_tools"])
def test_what_one_tap_does_about_the_list_is_what_may_be_done(template: str) -> None:
    on_it, not_on_it = Offer(Act.UNFOLLOW, is_followed=True), Offer(Act.FOLLOW, is_followed=False)
    nothing = Offer(None, is_followed=False)
    for offer in (on_it, not_on_it, nothing, on_it, not_on_it):
        made = drawn(template, listed=PlaceView(offer))
        said = {other for other in (on_it, not_on_it) if other.label in made}
        assert said == {offer} - {nothing}
        assert ("#check" in made) is (offer is on_it)


@pytest.mark.usefixtures("quiet_urls")
def test_two_patients_and_two_readers_share_what_is_kept_and_nothing_of_theirs_is_in_it() -> None:
    """The second pair and language add nothing but what another language says."""
    other = replace(
        PERSON, id=PersonId(OTHER_NUMBER), family_name="Kanariefågel", given_name="Gul", address="Buren 1"
    )
    words = {TOLVAN_NUMBER, "19121212-1212", "Tolvansson", "Fjällvägen", "070-1740605", OTHER_NUMBER}
    words |= {"19401127-9090", "Kanariefågel", "Buren", "Läsaren", "secret-token"}
    drawn, counts = {}, []
    for language in ("sv", "en"):
        for person in (PERSON, other):
            for name in ("Tove Läsaren", "Sten Läsaren"):
                actor = replace(actor_at(), name=name)
                ruling = ruling_of(person=person, permit=permit_for(actor=actor))
                visit = visit_of(replace(ruling, actor=actor))
                with translation.override(language):
                    head, _ = shell_of(Board(visit, "secret-token"), validity="seal")
                assert person.family_name in head
                drawn[language, person.family_name, name] = head
                counts.append(len(kept.KEPT))
    found = texts()
    assert not {word for word in words if word in found}
    assert counts == [counts[0]] * 4 + [counts[4]] * 4
    assert counts[4] == 2 * counts[0]
    for (_, family_name, _), head in drawn.items():
        assert {n for n in ("Tolvansson", "Kanariefågel") if n in head} == {family_name}
