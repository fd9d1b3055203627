"""Row ``log``: how fast the access log is sealed and verified, in the database and from an export."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.loading import Loader, Month
from bench.results import Goal, Result
from bench.told import started
from bench.workplace import ROOT, Workplace

MODULE = "bench.logging_product"
VERIFIER = "consent.accesslog.verifying"
SHAPED_VIEWS = 150
VERIFIED_TIMES = 3


def verify_rates(place: Workplace, database: str, rows: int, say: Callable[[str], None]) -> list[Result]:
    """A log by itself, written within the hour: what is sealed long after its time counts as forged. First
    as the database holds it, then as it was exported, by the one folder that needs nothing of the product."""
    folder = place.folder / "export"
    with started(MODULE, place.environment(database), place.folder / "verify.log") as product:
        (period,) = product.ask("make_months", first=f"{datetime.now(UTC):%Y-%m-01}")
        product.ask("shape", views=SHAPED_VIEWS)
        month = Month(period, rows, lasts=timedelta(minutes=20))
        Loader(place.url_of(database), say).fill(month)
        say("log: sealing and verifying")
        sealed = product.ask("seal")
        found = [product.ask("verify") for _ in range(VERIFIED_TIMES)]
        product.ask("export", folder=str(folder))
    alone = [verify_export_s(place.sink_of(database), folder) for _ in range(VERIFIED_TIMES)]
    told = {"rows": found[0]["rows"], "batches": found[0]["batches"]}
    goal = Goal(at_least=150_000) if rows >= 1_000_000 else None
    rates = {
        "verify_rows_per_s": [each["rows"] / each["seconds"] for each in found],
        "verify_export_rows_per_s": [told["rows"] / seconds for seconds in alone],
        "seal_rows_per_s": [sealed["rows"] / sealed["seconds"]],
    }
    return [
        Result(
            name=name,
            value=statistics.median(samples),
            unit="rows/s",
            samples=samples,
            goal=goal if name.startswith("verify") else None,
            conditions=told,
        )
        for name, samples in rates.items()
    ]


def verify_export_s(second_place: Path, folder: Path) -> float:
    """From the command to its answer, which must be that the log is intact."""
    keys = [word for path in sorted(folder.glob("seal*.pub")) for word in ("--public-key", str(path))]
    argv = [sys.executable, "-m", VERIFIER, str(folder), *keys, "--sink", str(second_place)]
    begun = time.monotonic()
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return time.monotonic() - begun
