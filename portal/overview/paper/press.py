"""From a finished page to a PDF: a process for each, so that its work and its faults stay its own."""

import asyncio
import json
import os
import sys
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import uuid4

import structlog
from django.contrib.staticfiles import finders

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("typesetting.py")
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0"
SHEETS = ("css/paper.css", "css/paper-pdf.css")
# A second or two where nothing else goes on; within the minute that a permit lasts.
LONGEST_S = 30.0
AT_ONCE = 2
LARGEST_PAGE_CHARACTERS = 2_000_000


class Trouble(StrEnum):
    """Why there is no PDF. Closed: the page has words for each."""

    MISSING = "missing"
    BUSY = "busy"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    FAILED = "failed"


class NotPressed(Exception):
    """No PDF came of it. ``error_id``: what the log calls it."""

    def __init__(self, trouble: Trouble, error_id: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.error_id = error_id


class Press:
    """How many are at work in this process, and whether the machine can do it at all, found out once."""

    def __init__(self, program: Path = PROGRAM, longest_s: float = LONGEST_S) -> None:
        self.program = program
        self.longest_s = longest_s
        self.at_work = 0
        self.works: bool | None = None

    async def is_there(self) -> bool:
        """Whether PDFs can be made here. Half a second the first time; after that at once."""
        if self.works is None:
            try:
                code, _ = await self._run(b"", "--check")
            except NotPressed:
                return False
            self.works = code == 0
            if not self.works:
                log.warning("pdf_engine_missing", hint=f"apt-get install {PACKAGES}")
        return self.works

    async def pdf_of(self, html: str) -> bytes:
        """The page as PDF. Raises NotPressed."""
        if not await self.is_there():
            raise NotPressed(Trouble.MISSING)
        if len(html) > LARGEST_PAGE_CHARACTERS:
            raise NotPressed(Trouble.TOO_LARGE)
        if self.at_work >= AT_ONCE:
            raise NotPressed(Trouble.BUSY)
        self.at_work += 1
        try:
            code, made = await self._run(json.dumps({"html": html, "css": sheets()}).encode())
        finally:
            self.at_work -= 1
        if code != 0 or not made.startswith(b"%PDF-"):
            raise self._trouble(Trouble.FAILED, code=code)
        return made

    async def _run(self, given: bytes, *options: str) -> tuple[int, bytes]:
        """The program's exit code and what it wrote. It is over when this returns, however it returns."""
        process = await asyncio.create_subprocess_exec(
            # -I: nothing of the environment or the working directory decides what is imported.
            *(sys.executable, "-I", str(self.program), *options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        )
        try:
            async with asyncio.timeout(self.longest_s):
                made, _ = await process.communicate(given)
        except TimeoutError:
            raise self._trouble(Trouble.TOO_SLOW) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, made

    def _trouble(self, trouble: Trouble, **more: int) -> NotPressed:
        """Logged without a word of the document."""
        error_id = uuid4().hex[:12]
        log.error("pdf_failed", trouble=trouble.value, error_id=error_id, **more)
        return NotPressed(trouble, error_id)


PRESS = Press()


@cache
def sheets() -> str:
    """The styles of paper as one text: the engine fetches nothing by itself."""
    return "\n".join(_read(name) for name in SHEETS)


def _read(name: str) -> str:
    place = finders.find(name)
    if not isinstance(place, str):
        raise FileNotFoundError(name)
    return Path(place).read_text(encoding="utf-8")
