"""Pages of a long list: all of it, each item once, an honest total."""

import pytest

from portal.overview.paging import ON_A_PAGE, page_of


def test_every_item_stands_on_exactly_one_page() -> None:
    items = list(range(5_001))
    pages = [page_of(items, str(number)) for number in range(1, page_of(items, "1").pages + 1)]
    assert [one for page in pages for one in page.items] == items
    assert [(p.first, p.last) for p in (pages[0], pages[-1])] == [(1, ON_A_PAGE), (5_001, 5_001)]
    assert {p.total for p in pages} == {5_001}
    assert (pages[0].earlier, pages[0].later, pages[-1].later) == (None, 2, None)


@pytest.mark.parametrize("asked", ["", "0", "-1", "x", "²", "٣", "9" * 40, "1e3", "2.5"])
def test_a_page_that_is_none_is_the_nearest_there_is(asked: str) -> None:
    assert page_of(list(range(150)), asked).number in (1, 2)


def test_an_empty_list_is_one_page_of_nothing() -> None:
    nothing: list[int] = []
    page = page_of(nothing, "7")
    assert (page.number, page.pages, page.first, page.last, page.is_part) == (1, 1, 0, 0, False)
