"""The PDF: tagged, titled with nobody's number, inert whatever a source wrote, and made at arm's length."""

import asyncio
import io
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest

from connectors.base.kinds import CareLimitation, Diagnosis
from consent.vocabulary import Kind
from portal.overview.paper.press import AT_ONCE, LARGEST_PAGE_CHARACTERS, NotPressed, Press, Trouble
from tests.aggregation.examples import ago, answering, record
from tests.overview.papers import handover_of, html_of, sheet_of

pytestmark = pytest.mark.usefixtures("quiet_urls")

A4_POINTS = (595.28, 841.89)
NASTY = (
    "<script>alert(1)</script>",
    '<img src="file:///etc/hostname" onerror="x">',
    '"><iframe src="http://127.0.0.1:9/x"></iframe>',
    "</style><style>@import url(http://127.0.0.1:9/x.css)</style>",
    "{% url 'home' %} {{ settings.SECRET_KEY }}",
    "\u202eomvänd\u202c \u0000\u0007 tab\there",
    "<!--seam--> &lt;redan&gt; <a href='javascript:alert(1)'>länk</a>",
    "漢字 🩺 Ⅻ ﷽",
    "x" * 3000,
)


# Other tests may have all of the machine.
PATIENT_S = 180.0


def pdf_of(html: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(asyncio.run(Press(longest_s=PATIENT_S).pdf_of(html))))


def text_of(pdf: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


def test_it_is_an_a4_page_that_a_listener_can_read_and_whose_title_names_nobody() -> None:
    pdf = pdf_of(html_of(sheet_of(), is_pdf=True))
    (page,) = pdf.pages
    assert [round(float(side), 1) for side in page.mediabox.upper_right] == [round(s, 1) for s in A4_POINTS]
    catalog: Any = pdf.root_object
    assert catalog["/MarkInfo"]["/Marked"]
    assert str(catalog["/Lang"]) == "sv"
    told = {str(key): str(value) for key, value in (pdf.metadata or {}).items()}
    assert told["/Title"] == "Utskrift – Patientöversikt"
    assert not [v for v in told.values() if "Tolvan" in v or "1212" in v]
    assert "/AcroForm" not in catalog
    assert "/EmbeddedFiles" not in catalog.get("/Names", {})


def test_name_number_and_stamp_stand_on_each_page() -> None:
    many = [
        record(Diagnosis, id=f"d{n}", title=f"Diagnos {n:03}", text="Ord. " * 60, start=ago(n))
        for n in range(40)
    ]
    sheet = sheet_of({"cosmic": answering(*many, unparsed=1)}, frozenset({Kind.DIAGNOSIS}))
    pdf = pdf_of(html_of(sheet, is_pdf=True))
    count = len(pdf.pages)
    assert count > 2
    for number, page in enumerate(pdf.pages, 1):
        text = page.extract_text()
        for told in (
            *("Tolvansson, Tolvan", "19121212-1212", "INTE KOMPLETT"),
            *(f"{number}/{count}", "Utskriven 2026-03-12 12.32 av Alva Akut", "Strimla efter användning."),
        ):
            assert told in text, (number, told)


def test_nasty_texts_are_printed_as_they_stand_and_do_nothing() -> None:
    records = [
        record(Diagnosis, id=f"d{n}", title=text, text=text, start=ago(n)) for n, text in enumerate(NASTY)
    ]
    limit = record(CareLimitation, text=" ".join(NASTY[:4]), start=ago(1))
    sheet = sheet_of({"cosmic": answering(limit, *records)}, frozenset({Kind.DIAGNOSIS}))
    pdf = pdf_of(html_of(sheet, is_pdf=True))
    # The reader takes two-byte glyph numbers for two characters each.
    text = re.sub(r"[\x00\s]", "", text_of(pdf))
    for told in ("<script>alert(1)</script>", "{{ settings.SECRET_KEY }}", "&lt;redan&gt;"):
        assert told.replace(" ", "") in text, told
    for page in pdf.pages:
        assert "/Annots" not in page
        assert not page["/Resources"]["/XObject"]  # type: ignore[index]


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/x", "data:text/css,p{}"])
def test_nothing_is_fetched_whatever_the_page_asks_for(address: str) -> None:
    html = f'<html lang="sv"><title>x</title><link rel="stylesheet" href="{address}">'
    html += f'<p>Kvar <img src="{address}" alt="">'
    pdf = pdf_of(html)
    assert "Kvar" in text_of(pdf)
    assert not pdf.pages[0]["/Resources"]["/XObject"]  # type: ignore[index]


def test_a_hand_over_sheet_is_two_pages_however_much_there_is() -> None:
    many = [
        record(Diagnosis, id=f"d{n}", title=f"Diagnos {n:03}", text="Ord. " * (n % 90), start=ago(n))
        for n in range(90)
    ]
    limits = [
        record(CareLimitation, id=f"l{n}", text=f"{n} Ej HLR. " + "Text. " * 30, start=ago(n))
        for n in range(3)
    ]
    sheet = handover_of({"cosmic": answering(*many, *limits, unparsed=2)}, frozenset(Kind))
    pdf = pdf_of(html_of(sheet, "paper/handover.html", is_pdf=True))
    assert len(pdf.pages) == 2
    assert "R – Rekommendation" in pdf.pages[1].extract_text()


# The press itself.


def program(tmp_path: Path, body: str) -> Path:
    written = tmp_path / "program.py"
    written.write_text(body)
    return written


def trouble_of(press: Press, html: str = "<p>x") -> NotPressed:
    with pytest.raises(NotPressed) as caught:
        asyncio.run(press.pdf_of(html))
    return caught.value


def test_a_machine_without_the_engine_says_so(tmp_path: Path) -> None:
    press = Press(program(tmp_path, "raise SystemExit(3)"))
    assert trouble_of(press).trouble is Trouble.MISSING
    assert asyncio.run(press.is_there()) is False


def test_one_that_takes_too_long_is_ended_and_leaves_no_process(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    slow = "import os,sys,time\nif '--check' not in sys.argv:\n"
    slow += f" open({str(marker)!r},'w').write(str(os.getpid())); time.sleep(600)"
    press = Press(program(tmp_path, slow), longest_s=5)
    press.works = True
    assert trouble_of(press).trouble is Trouble.TOO_SLOW
    assert not Path(f"/proc/{marker.read_text()}").exists()
    assert press.at_work == 0


@pytest.mark.parametrize("ending", ["raise SystemExit(4)", "print('no pdf')", "import os; os.abort()"])
def test_one_that_fails_has_an_error_id_and_tells_nothing_of_the_page(
    tmp_path: Path, ending: str, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = f"import sys\nif '--check' not in sys.argv:\n sys.stderr.write(sys.stdin.read()); {ending}"
    found = trouble_of(Press(program(tmp_path, broken)), "<p>Hemligt")
    assert found.trouble is Trouble.FAILED
    assert len(found.error_id) == 12
    assert "Hemligt" not in "".join(capfd.readouterr())


def test_more_than_a_few_at_once_and_more_than_a_page_can_hold_are_refused() -> None:
    press = Press()
    press.works, press.at_work = True, AT_ONCE
    assert trouble_of(press).trouble is Trouble.BUSY
    press.at_work = 0
    assert trouble_of(press, "x" * (LARGEST_PAGE_CHARACTERS + 1)).trouble is Trouble.TOO_LARGE


def test_it_gets_nothing_of_the_portals_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    tells = (
        "import os,sys\nif '--check' not in sys.argv:\n sys.stdout.write('%PDF-' + repr(dict(os.environ)))"
    )
    made = asyncio.run(Press(program(tmp_path, tells)).pdf_of("<p>"))
    assert b"secret" not in made


def test_it_may_write_no_file() -> None:
    """Kept by the operating system: whatever the engine does, nothing of the page comes to rest on a disk."""
    import subprocess
    import sys

    from portal.overview.paper import typesetting

    code = "import typesetting,sys; typesetting.hold_back(); open(sys.argv[1],'wb',0).write(b'x')"
    folder = str(Path(typesetting.__file__).parent)
    ended = subprocess.run(
        [sys.executable, "-c", code, "/tmp/never-written"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "File too large" in ended.stderr
