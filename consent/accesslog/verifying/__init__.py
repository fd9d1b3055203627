"""Is the access log what was sealed? Needs rows, checkpoints and public keys: no database, no Django.

A copy of this one folder checks what ``manage.py export_access_log`` wrote (formats: docs/access-log.md):

    python -m verifying EXPORT --public-key seal.pub [--sink FOLDER] [--accept-lost 120-131]
"""

from .archived import MARK, Archived, as_json, said_in
from .rows import in_first_format, number_of
from .sealed import CLOCK, FIRST, FORMAT, NO_HASH, Checkpoint, key_id, leaf_of, read_lines, root_of
from .verifier import INCOMPLETE, INTACT, TAMPERED, Verifier

__all__ = [
    "CLOCK",
    "FIRST",
    "FORMAT",
    "INCOMPLETE",
    "INTACT",
    "MARK",
    "NO_HASH",
    "TAMPERED",
    "Archived",
    "Checkpoint",
    "Verifier",
    "as_json",
    "in_first_format",
    "key_id",
    "leaf_of",
    "number_of",
    "read_lines",
    "root_of",
    "said_in",
]
