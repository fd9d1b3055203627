"""What `make lighthouse` runs: the demo's overview, judged by Lighthouse on a phone and on a desktop.

Exit code 0: accessibility and best practices 100, performance at least 95. What falls short is named. Reports
are left in var/lighthouse/.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
REPORTS = ROOT / "var/lighthouse"
LEAST = {"accessibility": 100, "best-practices": 100, "performance": 95}
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --no-first-run"

sys.path.insert(0, str(ROOT))


def install() -> None:
    """Pinned by hash, without saying where from."""
    if not (FOLDER / "node_modules/lighthouse").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)


def signed_in_overview(address: str) -> tuple[str, str]:
    """Where a lit overview stands, and the cookies it needs."""
    from playwright.sync_api import sync_playwright

    from tests.journeys.house import House
    from tests.servers import CHROMIUM_FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        house = House(address, ROOT)
        context = house.sign_in(browser, "akuten")
        where = house.overview_of(context.new_page(), "akuten", "A")
        cookies = "; ".join(f"{c['name']}={c['value']}" for c in context.cookies())  # type: ignore[typeddict-item]
        browser.close()
    return where, cookies


def judge(where: str, cookies: str, form: str) -> dict[str, object]:
    report = REPORTS / f"{form}.json"
    words = [
        *("node", str(FOLDER / "node_modules/lighthouse/cli/index.js"), where, "--quiet"),
        *("--only-categories", ",".join(LEAST), "--output", "json", "--output-path", str(report)),
        *("--extra-headers", json.dumps({"Cookie": cookies}), f"--chrome-flags={CHROME}"),
        *(["--preset", "desktop"] if form == "desktop" else []),
    ]
    subprocess.run(words, check=True, env={**os.environ, "CHROME_PATH": shutil.which("chromium") or ""})
    found: dict[str, object] = json.loads(report.read_text("utf-8"))
    # The report holds the page's own address, and with it a patient's handle.
    report.write_text(report.read_text("utf-8").replace(where, "overview"), "utf-8")
    return found


def shortcomings(found: dict, form: str) -> list[str]:  # type: ignore[type-arg]
    said = []
    for name, least in LEAST.items():
        category = found["categories"][name]
        score = round(100 * (category["score"] or 0))
        print(f"{form:8} {name:16} {score}")
        if score < least:
            lost = [
                a["id"] for a in category["auditRefs"] if a["weight"] and _is_short(found["audits"][a["id"]])
            ]
            said.append(f"{form}: {name} {score} < {least}: {', '.join(lost)}")
    return said


def _is_short(audit: dict) -> bool:  # type: ignore[type-arg]
    return audit["score"] is not None and audit["score"] < 0.9


def main() -> int:
    from tests.servers import embedded_run, find_free_port

    install()
    REPORTS.mkdir(parents=True, exist_ok=True)
    port = find_free_port()
    with (
        tempfile.TemporaryDirectory(prefix="portal-lighthouse-") as data,
        embedded_run(ROOT, port, {"DATA_DIR": data}),
    ):
        where, cookies = signed_in_overview(f"http://localhost:{port}")
        said = [s for form in ("phone", "desktop") for s in shortcomings(judge(where, cookies, form), form)]
    print("\n".join(said))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
