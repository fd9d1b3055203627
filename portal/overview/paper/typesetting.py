"""The program that makes one PDF: run as a file of its own, beside the web process (ADR 31).

Standard input: JSON with ``html`` and ``css``. Standard output: the PDF, and nothing else. It knows neither
Django nor the portal. It gets no environment worth having, opens no address whatever the document says,
writes no file, and is ended by its own limits if its caller does not end it first.

With ``--check`` it only finds out whether it could: exit code 0, or 3 where the engine or its libraries are
missing. Exit code 4: something was wrong with the document.
"""

import json
import logging
import resource
import sys
import warnings
from typing import Any, NoReturn

CPU_S = 20
MEMORY_BYTES = 2 * 1024**3
MISSING, FAILED = 3, 4


def hold_back() -> None:
    """Limits that the operating system keeps, also where the library below does something unforeseen."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def typeset(html: str, css: str) -> bytes:
    """Tagged for readers who listen (PDF/UA-1); the title is the document's own."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    class Nowhere(URLFetcher):
        """In place of fetching: all that the page needs came with it."""

        def fetch(self, url: str, headers: Any = None) -> NoReturn:  # noqa: ARG002
            raise ValueError("nothing is fetched")

    fetcher = Nowhere(allowed_protocols=())
    sheet = CSS(string=css, url_fetcher=fetcher)
    pages = HTML(string=html, url_fetcher=fetcher)
    made: bytes = pages.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1")
    return made


def main() -> int:
    hold_back()
    # What the engine complains of may quote the document.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return MISSING
    if "--check" in sys.argv[1:]:
        return 0
    try:
        asked = json.load(sys.stdin)
        made = typeset(asked["html"], asked["css"])
    except Exception:  # noqa: BLE001 (a traceback on standard error could quote the document)
        return FAILED
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
