"""Bad input: a clear Swedish sentence, no stack trace, nothing lost; unknown and not-yours look the same."""

import re

import pytest

from consent.models import AccessEvent
from demo.people import BY_LETTER
from tests.people.worlds import _django_db_helper, module_people, people
from tests.walking import Reader, Reply

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

TOLVAN = BY_LETTER["M"].number


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Skriv ett nummer först."),
        ("19121212-1213", "Numret stämmer inte. Kontrollera siffrorna."),
        ("121212-1212", "Numret har tio siffror. Skriv tolv."),
        ("tolvansson!", "Numret har tecken som inte hör dit."),
        ("19121312-1212", "Datumet i numret finns inte."),
        ("1912121212121", "Numret ska ha tolv tecken."),
        ("1" * 5000, "Numret ska ha tolv tecken."),
        ("19121212\x00212", "Numret har tecken som inte hör dit."),
        ("<script>alert(1)</script>", "Numret"),
    ],
)
def test_a_flawed_number_is_explained_and_kept_in_the_field(
    people: object, typed: str, sentence: str
) -> None:
    reply = Reader().sign_in("akuten").search(typed)
    assert reply.status == 422
    assert sentence in reply.body
    assert "Traceback" not in reply.body
    assert "<script>alert" not in reply.body
    if typed.isprintable() and typed and len(typed) <= 64 and "<" not in typed:
        assert f'value="{typed}"' in reply.body


def test_ten_digits_offer_both_centuries(people: object) -> None:
    reply = Reader().sign_in("akuten").search("121212-1212")
    offered = re.findall(r'name="number" value="([\d-]+)"', reply.body)
    assert offered == ["19121212-1212", "20121212-1212"]


def _without_ids(reply: Reply) -> str:
    """The page without what differs each time: error id, form token, and the address asked for."""
    body = re.sub(r'name="next" value="[^"]*"', "", reply.body)
    body = re.sub(r"[0-9a-f]{12,}", "ID", body)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "TOKEN", body)


def test_expired_foreign_and_invented_handles_look_the_same(people: object) -> None:
    reader = Reader().sign_in("akuten")
    reader.search(TOLVAN)
    mine = reader.handle
    assert reader.overview().lit == frozenset()
    other = Reader().sign_in("akuten")
    other.search(TOLVAN)
    foreign = other.get(f"/p/{mine}/")
    invented = other.get(f"/p/{'A' * len(mine)}/")
    broken = other.get("/p/åäö/")
    assert [r.status for r in (foreign, invented, broken)] == [404, 404, 404]
    assert _without_ids(foreign) == _without_ids(invented) == _without_ids(broken)
    assert "Sök" in foreign.body
    reader.post("/uppdrag/", {"assignment": "0"})


def test_switching_assignment_ends_every_handle(people: object) -> None:
    reader = Reader().sign_in("hemsjukvard")
    reader.search(TOLVAN)
    assert reader.get(f"/p/{reader.handle}/").status == 200
    reader.sign_in("hemsjukvard", unit="SE2120000019-V0NP")
    assert reader.get(f"/p/{reader.handle}/").status == 404


def test_an_unknown_person_looks_like_one_without_relation(people: object) -> None:
    """Before a relation nobody can use the search to find out who exists."""
    from connectors.models import Source

    # The region's journal, which would say that everybody is expected there.
    Source.objects.filter(pk="patient-region").update(enabled=False)
    nobody = "189002149806"
    known = BY_LETTER["B"].number
    pages = []
    for number in (known, nobody):
        reader = Reader().sign_in("akuten")
        reader.search(number)
        reply = reader.get(f"/p/{reader.handle}/")
        assert reply.status == 200
        shown = reply.body.replace(f"{number[:8]}-{number[8:]}", "NUMBER").replace(reader.handle, "HANDLE")
        pages.append(re.sub(r'value="[^"]{40,}"', "TOKEN", shown))
    assert pages[0] == pages[1]
    assert BY_LETTER["B"].family_name not in pages[0]


def test_a_name_appears_once_the_relation_is_attested_and_a_missing_number_is_told(people: object) -> None:
    reader = Reader().sign_in("akuten")
    reader.search("189002149806")
    assert reader.act("confirm_relation").status == 302
    assert "Folkbokföringen känner inte till numret" in reader.overview().html


def test_a_refused_look_is_logged(people: object) -> None:
    reader = Reader().sign_in("hemtjanst")
    reader.search(BY_LETTER["B"].number)
    reader.get(f"/p/{reader.handle}/")
    last = AccessEvent.objects.order_by("-seq").first()
    assert last is not None
    assert (last.event, last.user_hsa_id) == ("refused", "SE2120000019-2O01")
