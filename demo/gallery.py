"""Every component in every state, on one page, about nobody: to look at, and for tests to measure.

Values are those that presenters hand to templates; nothing here is about a patient, and nothing is fetched.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consent.acts import Act
from consent.identity import display_number
from consent.specimen import TOLVAN
from portal.access.notices import NOTICE_WORDS, NoticeView
from portal.aggregation.states import State
from portal.errors import STATUS
from portal.guide.samples import HANDLE, every_flag, every_state, sample_of
from portal.idle import WARNED_BEFORE_S
from portal.overview.paging import ON_A_PAGE, Page
from portal.overview.presenters.banner import Banner, Fact
from portal.overview.presenters.calling import CallCard, CallLine
from portal.overview.presenters.finds import Bit
from portal.overview.presenters.gaps import Gap
from portal.overview.presenters.latest import Latest, LatestRow
from portal.overview.presenters.listed import Offer, PlaceView
from portal.overview.presenters.parts import PartLine
from portal.overview.presenters.safety import Limit, Safety
from portal.overview.presenters.sources import SourceLine, Summary
from portal.overview.presenters.tallies import tally_all
from portal.overview.presenters.tools import Toolbar
from portal.overview.presenters.words import FAULT_WORDS, STATE_WORDS
from portal.patients.recents import Line

NUMBER = display_number(TOLVAN)
NAME = "Tolvansson, Tolvan"
LONG_NAME = "Tolvansson von Fjällströmmarna-Avasundskoga, Tolvanette Gunhildsdotter"
COVERS = ("access_changed", "log_down", "broken")


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    waiting = STATE_WORDS[State.UNKNOWN]
    context = {
        "handle": HANDLE,
        "states": list(every_state()),
        "flags": list(every_flag()),
        "all_flags": sample_of(State.NEW, frozenset(flag for flag, _tile in every_flag())),
        "banners": list(banners()),
        "safeties": list(safeties()),
        "statuses": list(statuses()),
        "source_lines": list(source_lines()),
        "notices": [NoticeView(key.value, icon, str(words)) for key, (icon, words) in NOTICE_WORDS.items()],
        "toolbar": Toolbar(),
        "listed": PlaceView(
            Offer(Act.UNFOLLOW, is_followed=True), place="2 av 3", previous=HANDLE, following=HANDLE
        ),
        "lines": (Line(HANDLE, NUMBER, NAME), Line(HANDLE, NUMBER, LONG_NAME), Line(HANDLE, NUMBER)),
        "latests": (Latest(tuple(latest_rows()), ""), Latest((), "Hämtar")),
        "callings": list(callings()),
        "gaps": list(GAPS),
        "bits": (Bit("Står på "), Bit("Waran", is_hit=True), Bit(" sedan maj")),
        "page": Page(range(ON_A_PAGE), 2, 3, 2 * ON_A_PAGE + 7),
        "page_href": "",
        "covers": [f"overview/{name}.html" for name in COVERS],
        "error_pages": sorted(STATUS),
        "error_id": "0123456789ab",
        "idle_left_s": 24 * 3600,
        "warned_before_s": WARNED_BEFORE_S,
        "overdue_word": waiting.word,
        "overdue_line": waiting.line,
    }
    return render(request, "demo/gallery.html", context)


@require_GET
def error_page(request: HttpRequest, name: str) -> HttpResponse:
    """One of the error pages, as it looks; answered with 200, since nothing went wrong."""
    page = name if name in STATUS else "404"
    return render(request, f"errors/{page}.html", {"error_id": "0123456789ab", "handle": HANDLE})


GAPS = (
    Gap("failed", "nocloud", "MobiMed saknas: svarade inte."),
    Gap("part", "clock", "Viva: 2 poster kunde inte tolkas."),
    Gap("closed", "closed", "Andra kan ha uppgifter. Samtycke behövs."),
)


def latest_rows() -> Iterator[LatestRow]:
    yield LatestRow(
        "2026-03-10", "homecare", "Hemsjukvård", "Såromläggning hemma", is_titled=True, where="Hemsjukvården"
    )
    yield LatestRow(
        "2026-02-11", "ambulance", "Ambulans och mätvärden", "Till akuten", is_titled=True, where=LONG_NAME
    )


def callings() -> Iterator[CallCard]:
    line = CallLine("Jour", "Medicinjouren", "0980-319 231", "0980319231", "17–08")
    other = replace(line, role="PAL", name=LONG_NAME, hours="vardagar 8–17")
    yield CallCard("current", line, (other,), "", "Alla 9 kontakter")
    yield CallCard("unknown", None, (), "Kunde inte hämtas. Okänt om uppgifter finns.", "Kontakter")


def banners() -> Iterator[Banner]:
    facts = (Fact("Född", "1912-12-12 (113 år)", "born"), Fact("Kön", "Man", "sex"))
    more = (Fact("Adress", "Fjällvägen 12, Fjällvik", "address"), Fact("Tolk", "Nej", "interpreter"))
    yield Banner(NAME, NUMBER, "Personnr", facts, more, is_deceased=False, is_protected=False)
    yield Banner(LONG_NAME, NUMBER, "Personnr", facts, more, is_deceased=False, is_protected=False)
    yield Banner(
        NAME,
        NUMBER,
        "Personnr",
        facts,
        (),
        is_deceased=True,
        is_protected=False,
        deceased="Avliden 2026-01-02",
    )
    yield Banner(
        NAME,
        NUMBER,
        "Personnr",
        facts,
        (),
        is_deceased=False,
        is_protected=True,
        protected="Skyddade personuppgifter",
    )
    yield Banner("", NUMBER, "Personnr", (), (), is_deceased=False, is_protected=False)


def safeties() -> Iterator[Safety]:
    who = "Petra Lavander, Medicin"
    coded = Limit(
        text="Ej HLR. Ställningstagande efter samtal.",
        chips=("Ej HLR", "Ej intensivvård"),
        is_valid=True,
        who=who,
        validity="Giltighetstid ej angiven",
        sources=("Cosmic",),
        got="hämtat 14.32",
        day=None,
        brief=f"{who} · slut ej angivet",
    )
    over = replace(coded, text="Upphävd, full vård.", chips=(), is_valid=False, sources=("Viva",))
    yield Safety("limits", "", (coded, over), differs=True, caution="Varning:", caution_rest="penicillin")
    yield Safety("limits", "", (coded,), awaited="Ännu inget svar från Cosmic, NPÖ.")
    yield Safety("none", "Inget registrerat, 6 av 6 källor svarade")
    yield Safety(
        "unknown", "Vårdbegränsningar: okänt. Utgå inte från att de saknas.", lines=("Cosmic: svarade inte.",)
    )
    yield Safety("closed", "Vårdbegränsningar visas inte", offers_units_of="Region Fjäll")
    yield Safety("waiting", "Vårdbegränsningar hämtas", awaited="Ännu inget svar från Cosmic, NPÖ.")


def statuses() -> Iterator[Summary]:
    readings: list[Any] = [_Seen(state) for state in State]
    tallies = tuple(tally_all(readings))
    yield Summary("2 av 6 källor svarade inte.", "", tallies, is_final=True)
    yield Summary("", "Hämtar: 3 av 6 källor har svarat", tallies, is_final=False)


class _Seen:
    def __init__(self, state: State) -> None:
        self.state = state


def source_lines() -> Iterator[SourceLine]:
    parts = (
        PartLine(
            "Kommunens journal", "failed", "nocloud", "Svarade inte. Okänt om uppgifter finns.", "Hemsjukvård"
        ),
        PartLine("Regionens journal", "copy", "clock", "Kopia från 13.58", ""),
        PartLine("Vaccinationer", "ok", "check", "Svarade", ""),
    )
    yield SourceLine("ok", "Cosmic", "ok", "check", "Svarade", "14.32")
    yield SourceLine("copy", "Hemtjänst Myrten", "copy", "clock", "Svarade med sin egen kopia.", "14.32")
    yield SourceLine("part", "NPÖ", "part", "nocloud", "Delvis.", "14.32", parts=parts)
    yield SourceLine("refused", "Viva", "refused", "closed", "Tillfrågas inte.")
    yield SourceLine("waiting", "MobiMed", "waiting", "clock", "Hämtar", planned="Avbrott till 15.00")
    for fault, words in FAULT_WORDS.items():
        yield SourceLine(
            *(fault.value, fault.value, "failed", "nocloud", str(words), "14.32"),
            phone="0980-319200",
            error_id="0123456789ab",
        )
