"""The broker in a folder, with messages that are whole from the moment they can be seen.

Kombu's own transport makes a message's file before it writes it; a worker that looks in between reads an
empty file and ends. Here the file gets its name when it is written.
"""

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class WholeChannel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        """Put a message on a queue; readers look for names that end with the queue's."""
        del kwargs
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f"{name}.part"
        unfinished.write_bytes(str_to_bytes(dumps(payload)))
        unfinished.replace(folder / name)


class Transport(filesystem.Transport):
    Channel = WholeChannel
