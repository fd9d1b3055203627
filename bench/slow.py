"""Row ``slow``: what a reader on a poor mobile network waits for, with one of ten sources that never answers.

A real Chromium, held by itself to slow 3G: 400 kbit/s and 400 ms for each round trip. Its connection is warm
and the styles are in its cache, as with every patient but the first of a shift.
"""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, async_playwright

from bench.readers import Reader, signed_in
from bench.results import Goal, Result, percentile
from bench.serving import Process, configure, give_orders, portal, prepare, program, source_rows
from bench.stage import FHIR, ONE_KIND, SOURCES
from bench.workplace import HOST, Workplace

LOOKS = 10
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
# As in tests/servers.py; and the portal's own name leads to this machine.
FLAGS = ("--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {HOST} 127.0.0.1")
# When the first source's answer was in the document. The shell's own time is the browser's first paint, which
# waits until the banner and the strip are whole.
WATCH = """new MutationObserver(() => {
  if (!window.usefulAt && document.querySelector("[data-outcome=ok]")) window.usefulAt = performance.now();
}).observe(document, { childList: true, subtree: true });"""
TIMES = """() => ({
  shell: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  useful: window.usefulAt,
  strip: Boolean(document.querySelector("[data-safety]")),
  css: performance.getEntriesByType("resource").filter((e) => e.name.endsWith(".css"))
    .reduce((sum, e) => sum + e.transferSize, 0),
})"""


def measure(place: Workplace, say: Callable[[str], None]) -> list[Result]:
    with place.database("slow") as database, program(place, "bench.sources") as sources:
        names = prepare(place, database, 1, 1, SOURCES)
        configure(place, database, source_rows(sources.address, SOURCES, FHIR, ONE_KIND))
        with portal(place, database, processes=1) as web:
            return asyncio.run(perform(sources, web, names, say))


async def perform(
    sources: Process, web: Sequence[Process], names: Sequence[str], say: Callable[[str], None]
) -> list[Result]:
    seen: list[dict[str, Any]] = []
    async with (
        signed_in([process.address for process in web], names) as (reader,),
        async_playwright() as driver,
    ):
        browser = await driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = await open_page(browser, reader)
        address = f"http://{HOST}:{urlsplit(reader.address).port}{reader.place}"
        for number in range(LOOKS + 1):
            say(f"slow: look {number} of {LOOKS}")
            give_orders(sources)
            await page.goto(address)  # an answer from each, so that no source is left alone; and a warm cache
            give_orders(sources, hung=["s0"])
            network = await page.context.new_cdp_session(page)
            await network.send("Network.enable")
            await network.send("Network.emulateNetworkConditions", SLOW_3G)
            await page.goto(address)
            seen.append(await page.evaluate(TIMES))
            await network.detach()
        await browser.close()
    return results_of(seen[1:])


async def open_page(browser: Browser, reader: Reader) -> Page:
    """The reader's own session. Cookies are for TLS alone, which a proxy before us would end."""
    cookies = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        extra_http_headers={"X-Forwarded-Proto": "https", "Cookie": cookies},
    )
    await context.add_init_script(WATCH)
    return await context.new_page()


def results_of(seen: Sequence[dict[str, Any]]) -> list[Result]:
    """Raises RuntimeError where a look ended without any answer on the page."""
    if any(each["useful"] is None for each in seen):
        raise RuntimeError(f"no answer came onto the page: {seen}")
    told = {
        "sources": SOURCES,
        "hung": 1,
        "healthy_ms": 300,
        "kbit_per_s": 400,
        "round_trip_ms": 400,
        "views": len(seen),
        "without_strip": sum(not each["strip"] for each in seen),
        "css_bytes": max(each["css"] for each in seen),
    }
    return [
        Result(
            name=name,
            value=percentile([each[key] for each in seen], 95),
            unit="ms",
            samples=[each[key] for each in seen],
            goal=Goal(at_most=most),
            conditions=told,
        )
        for name, key, most in (
            ("slow_3g_strip_p95_ms", "shell", 3000),
            ("slow_3g_first_useful_p95_ms", "useful", 3500),
        )
    ]
