"""What `make screenshots` takes: one line for each page in each state worth seeing. Add yours here.

A line says who looks (a persona of the demo), at whom (a letter of its people) and where; ``first``: what is
done on the way there. People keep what is recorded about them, so what comes before consent stands first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Page = Any
Act = Callable[[Page], None]
KINDS = (
    *("care_limitation", "warning", "contact", "vaccination", "social_service", "home_care"),
    *("coordination", "care_plan", "care_contact", "prehospital", "diagnosis", "medication"),
)


@dataclass(frozen=True)
class Shot:
    """``path`` is under the patient where there is one. ``is_file``: what ``first`` downloads is a PDF, and
    is taken instead of the page. ``readme``: the names of the picture in docs/images, desktop and phone."""

    name: str
    who: str = ""
    whom: str = ""
    path: str = ""
    first: tuple[Act, ...] = ()
    is_file: bool = False
    readme: tuple[str, str] | None = None


def press(name: str, within: str = "main") -> Act:
    """Press what is called so, if it is there: it may have been done for an earlier picture."""

    def act(page: Page) -> None:
        found = page.locator(within).first.get_by_role("button", name=name)
        if found.count():
            found.first.click()
            page.wait_for_load_state("load")

    return act


def tick(*keys: str) -> Act:
    def act(page: Page) -> None:
        for box in page.locator("input[name=knapp]").all():
            box.set_checked(box.get_attribute("value") in keys)

    return act


def search(number: str) -> Act:
    def act(page: Page) -> None:
        page.locator("#number").fill(number)
        page.get_by_role("main").get_by_role("button", name="Sök").click()

    return act


def look_for(words: str) -> Act:
    def act(page: Page) -> None:
        page.locator("#words").fill(words)
        page.get_by_role("main").get_by_role("button", name="Sök").click()

    return act


def wait_for(selector: str) -> Act:
    return lambda page: page.locator(selector).first.wait_for()


def go(path: str) -> Act:
    """On from where the page is."""
    return lambda page: page.goto(page.url.split("?")[0] + path)


units = press("Visa alla enheter")
consent = press("Patienten samtycker")


def show(page: Page) -> None:
    press("Visa för utskrift")(page)
    page.locator(".sheet").wait_for()


pdf = press("Hämta PDF")

SHOTS: tuple[Shot, ...] = (
    Shot("sign-in"),
    Shot("sign-in-by-passkey", path="/konto/logga-in/nyckel/"),
    Shot("connect", path="/anslut/"),
    Shot("connect-try", path="/anslut/prova/"),
    Shot("connect-check", path="/anslut/kontroll/"),
    Shot("connect-hand-in", path="/anslut/lamna/"),
    Shot("how-to-read", path="/hjalp/"),
    Shot("accessibility-statement", path="/tillganglighet/"),
    Shot("api-docs", path="/api/docs/", first=(wait_for(".opblock"),)),
    Shot("gallery", path="/demo/galleri/"),
    Shot("error-404", path="/finns-inte/"),
    Shot("assignment", "hemsjukvard", path="/uppdrag/"),
    Shot("search", "akuten", path="/"),
    Shot("search-flawed", "akuten", path="/", first=(search("19121212-1213"),)),
    Shot("error-403", "akuten", path="/loggkontroll/"),
    Shot("error-404-signed-in", "akuten", path="/p/ingen/"),
    # The access step: rows of the decision table.
    Shot("access-M-before-consent", "akuten", "M", "atkomst/"),
    Shot("access-B-others-empty", "akuten", "B", "atkomst/"),
    Shot("access-G-refused", "hemsjukvard", "G", "atkomst/"),
    Shot("access-D-lasting-inability", "distrikt", "D", "atkomst/"),
    Shot("access-C-emergency", "akuten", "C", "atkomst/"),
    Shot("access-L-deceased", "akuten", "L", "atkomst/"),
    Shot("access-B-denied-social-care", "hemtjanst", "B"),
    Shot("units-K", "distrikt", "K", "atkomst/enheter/med-uppgifter/"),
    # Overviews: every state of a button is in one of these.
    Shot("overview-M-consent-needed", "akuten", "M"),
    Shot("overview-K-other-unit", "distrikt", "K"),
    Shot("overview-H-blocked", "distrikt", "H"),
    Shot("overview-B-empty", "akuten", "B", first=(units, consent)),
    Shot("overview-A-all-lit", "akuten", "A", first=(units,), readme=("overview.png", "overview-phone.png")),
    Shot("overview-A-social-care", "hemtjanst", "A"),
    Shot("overview-C-before-emergency", "akuten", "C", first=(units,)),
    Shot("overview-E-protected", "akuten", "E", first=(units,)),
    Shot("overview-F-child", "akuten", "F", first=(units,)),
    Shot("overview-I-linked-interpreter", "distrikt", "I", first=(units,)),
    Shot("overview-J-incomplete-differing", "akuten", "J", first=(units,)),
    Shot("overview-L-deceased", "akuten", "L", first=(units,)),
    Shot("overview-M-consented", "akuten", "M", first=(units, consent)),
    *(Shot(f"list-A-{kind}", "akuten", "A", f"uppgifter/{kind}/") for kind in KINDS),
    Shot("list-J-unknown", "akuten", "J", "uppgifter/prehospital/"),
    Shot("sources-A", "akuten", "A", "kallor/"),
    Shot("sources-J-failing", "akuten", "J", "kallor/"),
    Shot("consents-A", "akuten", "A", "samtycken/"),
    Shot("consents-information", "akuten", "A", "information/"),
    Shot("blocks-H", "distrikt", "H", "atkomst/sparr/"),
    Shot("timeline-A", "akuten", "A", "tidslinje/"),
    Shot("timeline-J-gaps", "akuten", "J", "tidslinje/?tid=alla"),
    Shot("record-search-A", "akuten", "A", "sok/", (look_for("andnöd"),)),
    Shot("record-search-A-nothing", "akuten", "A", "sok/", (look_for("kvicksilver"),)),
    Shot("speeds", "akuten", path="/kallor/"),
    Shot("my-list", "hemsjukvard", path="/min-lista/"),
    Shot("own-security", "akuten", path="/konto/sakerhet/"),
    Shot("own-password", "akuten", path="/konto/sakerhet/losenord/"),
    Shot("worklist", "hemsjukvard", path="/samtycken/"),
    # Paper, and what a room may see.
    Shot("print-choice", "akuten", "A", "utskrift/"),
    Shot("print-A", "akuten", "A", "utskrift/", (tick(), show)),
    Shot("print-A-lists", "akuten", "A", "utskrift/", (tick("care_limitation", "social_service"), show)),
    Shot("print-E-protected", "akuten", "E", "utskrift/", (tick("contact"), show)),
    Shot("print-H-blocked", "distrikt", "H", "utskrift/", (tick(), show)),
    Shot("print-J-incomplete", "akuten", "J", "utskrift/", (tick(), show)),
    Shot("print-L-deceased", "akuten", "L", "utskrift/", (tick(), show)),
    Shot("print-B-empty", "akuten", "B", "utskrift/", (tick(), show)),
    Shot("pdf-A", "akuten", "A", "utskrift/", (tick(), pdf), is_file=True),
    Shot("pdf-J-incomplete", "akuten", "J", "utskrift/", (tick(*KINDS), pdf), is_file=True),
    Shot("handover-choice", "akuten", "A", "overrapportering/"),
    Shot("handover-A", "akuten", "A", "overrapportering/", (show,)),
    Shot("handover-J", "akuten", "J", "overrapportering/", (show,)),
    Shot("pdf-handover-A", "akuten", "A", "overrapportering/", (pdf,), is_file=True),
    Shot("meeting-choice", "akuten", "A", "mote/"),
    Shot("meeting-A", "akuten", "A", "mote/", (go("visa/?knapp=coordination&knapp=social_service"),)),
    Shot("meeting-H-blocked", "distrikt", "H", "mote/", (go("visa/?knapp=care_limitation&knapp=care_plan"),)),
    Shot(
        "meeting-J-incomplete", "akuten", "J", "mote/", (go("visa/?knapp=prehospital&knapp=care_limitation"),)
    ),
    # After reading: the log.
    Shot("own-views", "akuten", path="/mina-visningar/"),
    Shot("log-review", "granskare", path="/loggkontroll/"),
    Shot("log-extract", "granskare", path="/loggutdrag/"),
    Shot("report", "akuten", "A", "uppgifter/diagnosis/", (press("Rapportera fel uppgift"),)),
    Shot("administration", "admin", path="/admin/"),
)
