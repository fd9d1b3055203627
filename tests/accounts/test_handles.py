"""The handle that stands for a patient in an address: bound to one session, one answer to every misuse."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import Http404

from consent.terms import PersonId
from consent.vocabulary import IdType
from portal.patients.handles import HandleExpired, make_handle, open_handle

GUNHILD, TOLVAN = PersonId("193908139060"), PersonId("191212121212")
RESERVE = PersonId("20170303A123", IdType.RESERVNUMMER)
COORDINATION = PersonId("199602752389", IdType.SAMORDNINGSNUMMER)


def session() -> Any:
    """A request with a session of its own."""
    return SimpleNamespace(session={})


@pytest.fixture
def request_() -> Any:
    return session()


@pytest.mark.parametrize("person", [GUNHILD, RESERVE, COORDINATION])
def test_handle_opens_in_its_own_session(request_, person):
    assert open_handle(request_, make_handle(request_, person)) == person


def test_handle_shows_neither_number_nor_what_sort_it_is(request_):
    handles = {make_handle(request_, person) for person in (GUNHILD, RESERVE, COORDINATION, GUNHILD)}
    assert len(handles) == 4
    assert len({len(handle) for handle in handles}) == 1
    assert not any("1939" in handle for handle in handles)
    assert all(handle.replace("-", "").replace("_", "").isalnum() for handle in handles)


def misuse(request_: Any) -> dict[str, tuple[Any, str]]:
    handle = make_handle(request_, GUNHILD)
    other, fresh = session(), session()
    make_handle(other, TOLVAN)
    middle = len(handle) // 2
    flipped = "A" if handle[middle] != "A" else "B"
    return {
        "another session": (other, handle),
        "a session that never searched": (fresh, handle),
        "tampered": (request_, handle[:middle] + flipped + handle[middle + 1 :]),
        "cut": (request_, handle[:-4]),
        "cut to one": (request_, handle[:1]),
        "longer": (request_, handle + "AAAA"),
        "two of them": (request_, handle + handle),
        "empty": (request_, ""),
        "a word": (request_, "patient"),
        "the number itself": (request_, GUNHILD.number),
        "letters from elsewhere": (request_, "å" * 40),
    }


@pytest.mark.parametrize("way", list(misuse(session())))
def test_every_misuse_is_the_same_page_not_found(request_, way):
    asked, handle = misuse(request_)[way]
    with pytest.raises(Http404) as caught:
        open_handle(asked, handle)
    assert type(caught.value) is HandleExpired
    assert str(caught.value) == str(HandleExpired())
    assert "1939" not in repr(caught.value)


def test_handle_dies_with_its_secret(request_):
    handle = make_handle(request_, GUNHILD)
    request_.session.pop("handles")
    with pytest.raises(HandleExpired):
        open_handle(request_, handle)
    make_handle(request_, GUNHILD)
    with pytest.raises(HandleExpired):
        open_handle(request_, handle)


def test_handle_dies_with_its_key(request_, settings):
    from dataclasses import replace

    handle = make_handle(request_, GUNHILD)
    settings.KEYS = replace(django_settings.KEYS, handle=b"n" * 32)
    with pytest.raises(HandleExpired):
        open_handle(request_, handle)
