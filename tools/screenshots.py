"""Takes every page and state of tools/screenshots_list.py: light, dark, on a phone, and as it comes on paper.

Usage: tools/screenshots.py [--address URL] [--readme] [WORD…]    Words choose lines by part of their name.

Starts the demo by itself, on a free port and with data of its own, unless --address names one that runs.
Pictures go to var/screenshots/. --readme renews those in docs/images as well.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tools"))

from screenshots_list import SHOTS, Shot  # noqa: E402

TARGET = ROOT / "var/screenshots"
IMAGES = ROOT / "docs/images"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SLOWEST_MS = 20_000
COLOURS = 64


def numbers() -> dict[str, str]:
    """The invented people by their letters; pictures are of the demo or not at all."""
    try:
        from demo.people import BY_LETTER
    except ModuleNotFoundError:
        sys.exit("There is no demo here, and nothing else may be photographed.")
    return {letter: person.number for letter, person in BY_LETTER.items()}


@contextmanager
def portal(address: str | None) -> Iterator[str]:
    if address:
        yield address.rstrip("/")
        return
    from tests.servers import embedded_run, find_free_port

    port = find_free_port()
    with (
        tempfile.TemporaryDirectory(prefix="portal-pictures-") as data,
        embedded_run(ROOT, port, {"DATA_DIR": data}),
    ):
        yield f"http://localhost:{port}"


class Camera:
    """One browser; a context of its own for each persona, so that each signs in once."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser = browser
        self.address = address
        self.numbers = numbers()
        self.contexts: dict[str, Any] = {}

    def context_of(self, who: str) -> Any:
        if who not in self.contexts:
            context = self.browser.new_context(viewport=DESKTOP, locale="sv-SE", accept_downloads=True)
            context.set_default_timeout(SLOWEST_MS)
            self.contexts[who] = context
            if who:
                page = context.new_page()
                page.goto(self.address)
                # A page closed while the next is on its way may never close.
                with page.expect_navigation():
                    page.locator(f"button[name=persona][value={who}]").click()
                if page.url.endswith("/uppdrag/") and page.locator("button.choice").count():
                    with page.expect_navigation():
                        page.locator("button.choice").first.click()
                page.close()
        return self.contexts[who]

    def take(self, shot: Shot) -> list[Path]:
        page = self.context_of(shot.who).new_page()
        try:
            self.arrive(page, shot)
            if shot.is_file:
                with page.expect_download() as download:
                    self.do(page, shot)
                return from_pdf(shot.name, Path(download.value.path()).read_bytes())
            self.do(page, shot)
            page.wait_for_load_state("load")
            return self.looks(page, shot)
        finally:
            page.close()

    def do(self, page: Any, shot: Shot) -> None:
        for act in shot.first:
            act(page)

    def arrive(self, page: Any, shot: Shot) -> None:
        if not shot.whom:
            page.goto(self.address + (shot.path or "/"))
            return
        page.goto(self.address)
        page.locator("#number").fill(self.numbers[shot.whom])
        page.get_by_role("main").get_by_role("button", name="Sök").click()
        page.wait_for_load_state("load")
        if shot.path:
            page.goto(page.url + shot.path)

    def looks(self, page: Any, shot: Shot) -> list[Path]:
        made = []
        for look, size, scheme in (
            ("light", DESKTOP, "light"),
            ("dark", DESKTOP, "dark"),
            ("phone", PHONE, "light"),
            ("phone-dark", PHONE, "dark"),
        ):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            made.append(TARGET / look / f"{shot.name}.png")
            page.screenshot(path=made[-1], full_page=True)
        page.set_viewport_size(DESKTOP)
        paper = page.pdf(prefer_css_page_size=True, print_background=True)
        return [*made, *from_pdf(shot.name, paper)]


def from_pdf(name: str, body: bytes) -> list[Path]:
    """The paper itself, and a picture of each page where pdftoppm is at hand."""
    file = TARGET / "print" / f"{name}.pdf"
    file.write_bytes(body)
    program = shutil.which("pdftoppm")
    if program is None:
        return [file]
    subprocess.run([program, "-r", "80", "-png", str(file), str(file.with_suffix(""))], check=True)
    return [file, *sorted(file.parent.glob(f"{name}-*.png"))]


def small_copy(picture: Path, target: Path) -> None:
    """For the repository: as few colours as a page of ours has, and no more height than one glance takes."""
    from PIL import Image

    with Image.open(picture) as image:
        width, height = image.size
        cut = image.convert("RGB").crop((0, 0, width, min(height, width * 2)))
        cut.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--address", default=os.environ.get("ADDRESS"))
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("words", nargs="*")
    chosen = parser.parse_args()
    wanted = [s for s in SHOTS if not chosen.words or any(word in s.name for word in chosen.words)]
    for folder in ("light", "dark", "phone", "phone-dark", "print"):
        (TARGET / folder).mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    from tests.servers import CHROMIUM_FLAGS

    failed = []
    with portal(chosen.address) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        camera = Camera(browser, address)
        for shot in wanted:
            try:
                made = camera.take(shot)
            except Exception as error:  # noqa: BLE001 (the rest are still worth having)
                failed.append(shot.name)
                print(f"FAILED {shot.name}: {str(error).splitlines()[0]}", file=sys.stderr)
                continue
            print(f"{shot.name}: {len(made)}")
            if chosen.readme and shot.readme:
                for look, name in zip(("light", "phone"), shot.readme, strict=True):
                    small_copy(TARGET / look / f"{shot.name}.png", IMAGES / name)
        browser.close()
    print(f"{len(wanted) - len(failed)} of {len(wanted)} pages in {TARGET.relative_to(ROOT)}/")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
