"""Nothing uses a key that the rotation does not know of: uses are found by search, in ours and in allauth."""

import ast
from collections.abc import Iterator
from pathlib import Path

import allauth.mfa

from portal.accounts.rekeying import ENCRYPTED
from portal.settings.keys import Keys

ROOT = Path(__file__).resolve().parents[2]
# Which key each module takes, and what becomes of it when keys change: columns and second factors are written
# anew, what a session holds outlives no session, months' keys are wrapped anew, digests stay.
KNOWN = {
    "consent/encryption.py": {"field", "field_current", "lookup"},
    "consent/rekeying.py": {"field_current"},
    "consent/accesslog/keys.py": {"log_master", "log_master_id", "log_masters"},
    "consent/archiving.py": {"seal_public"},
    "consent/accesslog/sealing.py": {"seal", "seal_public"},
    "consent/accesslog/exporting.py": {"seal_public"},
    "consent/replaying.py": {"seal_public"},
    "consent/management/commands/verify_access_log.py": {"seal_public"},
    "consent/admin/reading.py": {"handle", "handles"},
    "connectors/openfeed/planning.py": {"lookup"},
    # The check that nobody starts with the tests' keys.
    "portal/checks.py": {"field", "handle", "log_master", "lookup", "seal"},
    "portal/health.py": {"seal"},
    # Of what lasts for minutes: a launch on its way, and an hour's handles of client systems.
    "portal/accounts/once.py": {"lookup"},
    "portal/api/acting.py": {"lookup"},
    "portal/access/worklist.py": {"handle", "handles"},
    "portal/accounts/local.py": {"field", "field_current"},
    "portal/accounts/rekeying.py": {"field_current"},
    "portal/management/commands/rotate_keys.py": {
        *("field", "field_current", "handle_others", "handle_since", "log_master_others")
    },
    "portal/patients/handles.py": {"handle", "handles"},
    "portal/patients/returning.py": {"lookup"},
    "portal/patients/sealing.py": {"handle", "handles"},
}
OF_KEYS = {*Keys.__slots__, "log_masters", "handles"}


def keys_taken(tree: ast.AST) -> Iterator[str]:
    """``settings.KEYS.x``, and ``x`` of a name that ``settings.KEYS`` was given to."""
    given = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) == "settings.KEYS"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in OF_KEYS:
            continue
        if ast.unparse(node.value) in {"settings.KEYS", *given}:
            yield node.attr


def test_every_use_of_a_key_is_known():
    found = {}
    for package in ("consent", "connectors", "portal", "demo"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if taken := set(keys_taken(ast.parse(path.read_text(encoding="utf-8")))):
                found[str(path.relative_to(ROOT))] = taken
    assert found == KNOWN


def test_a_use_that_nobody_knows_would_be_found():
    tree = ast.parse("keys = settings.KEYS\nx = seal(b'', b'', keys.lookup)\ny = settings.KEYS.handle\n")
    assert set(keys_taken(tree)) == {"lookup", "handle"}


def test_every_secret_that_allauth_encrypts_is_written_anew():
    encrypted, decrypting = set(), set()
    folder = Path(allauth.mfa.__path__[0])
    for path in folder.rglob("*.py"):
        if "tests" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                encrypted |= {
                    ast.literal_eval(key)
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and ast.unparse(value).startswith("encrypt(")
                }
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "decrypt":
                decrypting.add(str(path.relative_to(folder)))
    told = {name for names in ENCRYPTED.values() for name in names}
    assert encrypted == {"secret", "seed"}
    assert told == encrypted | {"migrated_codes"}
    assert decrypting == {"totp/internal/auth.py", "recovery_codes/internal/auth.py"}
