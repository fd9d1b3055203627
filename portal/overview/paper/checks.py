"""Tells whoever deploys that PDFs cannot be made here; everything else works without them."""

import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004

from portal.overview.paper.press import LONGEST_S, PACKAGES, PROGRAM


@register(Tags.compatibility, deploy=True)
def miss_no_engine(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The same question that the first reader's form would ask."""
    try:
        asked = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), "--check"], check=False, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        return []
    if asked.returncode == 0:
        return []
    hint = f"Install the libraries it needs (Debian: {PACKAGES}). Printing from the browser works without."
    return [Warning("PDFs cannot be made on this machine.", hint=hint, id="portal.W011")]
