"""Find patient: a number in a body, a handle back. Never a word on whether anybody has the number."""

from typing import Any

from django.http import HttpRequest

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, write
from consent.identity import InvalidNumber, read_number
from consent.terms import PersonId
from portal.api.acting import Acting, found_acting
from portal.api.describing import describe
from portal.api.refusing import Code, Flaw, Refused
from portal.api.scopes import Scope
from portal.api.sent import Strict, Text
from portal.api.shapes import FoundShape
from portal.api.views import ApiView, read_body
from portal.dates import today
from portal.patients.counting import count_search
from portal.patients.presenters import flaw_words

LONGEST_NUMBER = 64


class SearchShape(Strict):
    number = Text(max_length=LONGEST_NUMBER, help_text="Tolv siffror, eller ett reservnummer.")


class SearchView(ApiView):
    needs = Scope.READ

    @describe("search_patient", "Sök patient", FoundShape, SearchShape, about=False, tags=["Patient"])
    async def post(self, request: HttpRequest) -> Any:
        typed = read_body(request, SearchShape)["number"]
        return await found_acting(request, self.needs, lambda acting: _search(acting, typed))


def _search(acting: Acting, typed: str) -> Any:
    person = look_up(acting, typed, Action.SEARCH)
    return {"handle": acting.make_handle(person)}


def look_up(acting: Acting, typed: str, action: Action) -> PersonId:
    """The person a number is, counted and logged as the page's search is. Blocking.

    Raises Refused(BAD_NUMBER), LogUnavailable.
    """
    count_search(acting.actor)
    try:
        person = read_number(typed, today())
    except InvalidNumber as flaw:
        words = flaw_words(flaw, typed)
        said = Flaw("number", flaw.flaw.value, str(words.message))
        raise Refused(Code.BAD_NUMBER, str(words.advice), (said,)) from None
    write(Entry(Event.SEARCH, acting.actor, acting.trace, patient=person, action=action))
    return person
