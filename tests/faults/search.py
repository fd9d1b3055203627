"""Coverage-guided search through one parser: ``python -m tests.faults.search NAME [libFuzzer options]``."""

import os
import sys
import time
from collections.abc import Callable

LONGEST_S = 1.0


class TooSlowError(Exception):
    """One input took longer than a parser may."""


def timed(parse: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """Its own clock: libFuzzer's alarm may still ring while the process ends."""

    def parsing(body: bytes) -> None:
        begun = time.process_time()
        parse(body)
        if time.process_time() - begun > LONGEST_S:
            raise TooSlowError

    return parsing


def main() -> None:
    """Ends with 0 after so many runs; anything uncaught, or slower than the limit, fails."""
    import atheris

    name = sys.argv.pop(1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    with atheris.instrument_imports(include=["connectors", "portal.aggregation"]):
        import django

        django.setup()
        from tests.faults.parsing import PARSERS
    atheris.Setup(sys.argv, timed(PARSERS[name]()))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
