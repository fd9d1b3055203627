"""Static files are answered before Django, with safe headers; everything else reaches it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from portal.static_files import HashedFiles, serve_static

HASHED = "/static/admin/css/base.0123456789ab.css"


async def pass_through(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"django"})


def ask(path: str, *headers: tuple[bytes, bytes], method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method, "headers": headers}
    asyncio.run(serve_static(pass_through)(scope, None, send))  # type: ignore[arg-type]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, body


@pytest.fixture
def gathered(settings: Any, tmp_path: Path) -> Path:
    settings.STATIC_FROM_FINDERS = False
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "admin/css").mkdir(parents=True)
    (tmp_path / HASHED.removeprefix("/static/")).write_text("body { color: black }")
    (tmp_path / "plain.css").write_text("x" * 200_000)
    return tmp_path


def test_file_of_an_app_is_found_without_gathering():
    status, headers, body = ask("/static/admin/css/base.css")
    assert status == 200
    assert headers["content-type"].startswith("text/css")
    assert body


@pytest.mark.usefixtures("gathered")
def test_hashed_file_is_kept_for_ever_and_another_is_not():
    assert "immutable" in ask(HASHED)[1]["cache-control"]
    assert "immutable" not in ask("/static/plain.css")[1]["cache-control"]


@pytest.mark.usefixtures("gathered")
def test_answer_carries_the_headers_that_middleware_would_add():
    _status, headers, _body = ask(HASHED)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.usefixtures("gathered")
def test_large_file_arrives_whole_and_a_known_one_not_again():
    _status, headers, body = ask("/static/plain.css")
    assert len(body) == 200_000
    status, _headers, body = ask(
        "/static/plain.css", (b"if-modified-since", headers["last-modified"].encode())
    )
    assert (status, body) == (304, b"")


@pytest.mark.usefixtures("gathered")
@pytest.mark.parametrize(
    "path", ["/", "/static/", "/static/none.css", "/static/../manage.py", "//static/plain.css"]
)
def test_everything_else_reaches_django(path):
    assert ask(path)[0] == 418


@pytest.mark.usefixtures("gathered")
def test_static_files_take_no_post():
    assert ask("/static/plain.css", method="POST")[0] == 405


def test_no_start_waits_for_brotli() -> None:
    """Its library comes with the fonts of the PDF; at full strength it took a minute of each first start."""
    assert HashedFiles.create_compressor(object.__new__(HashedFiles)).use_brotli is False
