"""The product with demo/ deleted: a copy of the checkout, without it and without what only tests it."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEEDS_DEMO = ("demo/", "tests/demo/", "tests/journeys/", "tests/people/")
# These start whole portals and other test runs themselves, and look through the whole checkout.
NOT_UNITS = ("architecture", "factories", "kit", "tooling")


def copy_without_demo(target: Path) -> None:
    """What git has or would take, but for the demo."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(NEEDS_DEMO):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def unit_folders(product: Path) -> list[str]:
    """Folders of such a copy that hold tests of the product itself."""
    return [
        str(place.relative_to(product))
        for place in sorted((product / "tests").iterdir())
        if place.is_dir() and place.name not in NOT_UNITS and any(place.rglob("test_*.py"))
    ]
