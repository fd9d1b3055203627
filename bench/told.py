"""A program of ours in a process of its own, told what to do one JSON line at a time."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LAST_WORDS = 3000


class Told:
    """``begin`` says what to do, ``end`` waits for the answer: several can work at the same time."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self.process = process
        self._log = log

    def begin(self, order: str, **words: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"order": order, **words}) + "\n")
        self.process.stdin.flush()

    def end(self) -> Any:
        """The answer. Raises RuntimeError with the program's last words where it broke."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self._log.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:])
        return json.loads(line)

    def ask(self, order: str, **words: Any) -> Any:
        self.begin(order, **words)
        return self.end()


@contextmanager
def started(module: str, environment: Mapping[str, str], log: Path) -> Iterator[Told]:
    """Run ``python -m module`` until we are done with it; what it says besides answers goes to ``log``."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    try:
        yield Told(process, log)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
