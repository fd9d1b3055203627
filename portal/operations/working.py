"""Jobs as they are measured where they are run or sent: by their names, and by nothing they carry."""

from collections.abc import Callable
from typing import Any

from portal import measuring

OUTCOMES = {"SUCCESS": "ended", "RETRY": "retried"}
FAILED = "failed"

_open: dict[str, Callable[[str], None]] = {}


def begin(task_id: str = "", task: Any = None, **_more: Any) -> None:
    _open[task_id] = measuring.begin_job(str(getattr(task, "name", "")))


def end(task_id: str = "", state: str | None = None, **_more: Any) -> None:
    if finish := _open.pop(task_id, None):
        finish(OUTCOMES.get(state or "", FAILED))


def note_sent(sender: Any = None, **_more: Any) -> None:
    """``sender``: the name of the task."""
    measuring.note_sent(str(sender))
