"""The command: checks an export.

Exit code 0: intact. 1: tampered with; the first bad batch is named. 2: incomplete, so nobody can tell.
"""

import argparse
import json
import sys
from base64 import b64decode
from datetime import datetime
from pathlib import Path

from .archived import Archived
from .sealed import FIRST, key_id, read_lines
from .verifier import INCOMPLETE, Verifier


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="verifying", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("export", type=Path)
    parser.add_argument("--public-key", type=Path, action="append", required=True)
    parser.add_argument("--sink", type=Path)
    parser.add_argument("--accept-lost", action="append", default=[], metavar="FIRST-LAST")
    asked = parser.parse_args()
    keys = {key_id(key): key for key in (b64decode(path.read_text()) for path in asked.public_key)}
    told = json.loads((asked.export / "manifest.json").read_text())
    accepted = [tuple(map(int, lost.split("-"))) for lost in asked.accept_lost]
    verifier = Verifier(keys, datetime.fromisoformat(told["exported_at"]), accepted, told["is_part"])
    verifier.archived = Archived.read(read_lines([asked.export / "checkpoints.ndjson"]))
    others = asked.export / "archived.ndjson"
    verifier.archived.add(read_lines([others] if others.exists() else []), keys)
    sealed, copies = [asked.export / "checkpoints.ndjson"], asked.sink and asked.sink.glob("checkpoints-*")
    # Written with the first format, rows are lines of that.
    with (asked.export / ("rows.ndjson" if told["format"] == FIRST else "rows.tsv")).open("rb") as rows:
        verifier.verify(rows, lambda: read_lines(sealed))
    if asked.sink:
        verifier.compare(lambda: read_lines(sealed), lambda: read_lines(sorted(copies)))
    print(f"As of {told['exported_at']}: {verifier}")  # noqa: T201
    return verifier.code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError) as error:
        print(f"INCOMPLETE\n- {error}")  # noqa: T201
        sys.exit(INCOMPLETE)
