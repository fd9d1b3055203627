"""The embedded broker's messages are whole from the moment a worker can see them."""

from pathlib import Path

import pytest
from kombu.connection import Connection
from kombu.transport import filesystem

from portal.embedded.broker import Transport


class Watchful:
    """Looks into the folder while it is being written into a message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: list[str] = []

    def __json__(self) -> str:
        self.seen = [path.name for path in self.folder.glob("*.celery.msg")]
        return "x"


@pytest.mark.parametrize(
    ("transport", "is_seen_too_early"), [(Transport, False), (filesystem.Transport, True)]
)
def test_message_is_not_seen_before_it_is_written(
    tmp_path: Path, transport: type, is_seen_too_early: bool
) -> None:
    """The control: with kombu's own a worker reads an empty file, and ends."""
    options = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with Connection("filesystem://", transport=transport, transport_options=options) as connection:
        channel, watching = connection.default_channel, Watchful(tmp_path)
        channel._put("celery", {"number": 7, "watching": watching})
        assert bool(watching.seen) is is_seen_too_early
        assert channel._get("celery")["number"] == 7
        assert list(tmp_path.glob("*.part")) == []
