"""Static files over ASGI. WhiteNoise decides headers, compression and ranges; its own middleware is
synchronous and would cost every page a hop to a thread."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise.base import WhiteNoise
from whitenoise.storage import CompressedManifestStaticFilesStorage

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names with a hash, and each file as gzip beside it.

    Never brotli, though its library may be at hand for fonts: it costs the first start a minute, for the sake
    of what a proxy does better.
    """

    def create_compressor(self, **options: Any) -> Any:
        return super().create_compressor(**{**options, "use_brotli": False})


HASHED_NAME = r"^.+\.[0-9a-f]{12}\..+$"
CHUNK_BYTES = 65536


def add_security_headers(headers: Any, _path: str, _url: str) -> None:
    """Django's middleware never sees these answers, so what it would add is added here."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def find_static_files() -> WhiteNoise:
    """Index what collectstatic gathered; in tests, where nothing is gathered, what the apps ship."""
    index = WhiteNoise(
        None,
        max_age=0 if settings.STATIC_FROM_FINDERS else 60,
        allow_all_origins=False,
        immutable_file_test=HASHED_NAME,
        add_headers_function=add_security_headers,
    )
    if not settings.STATIC_FROM_FINDERS:
        index.add_files(str(settings.STATIC_ROOT), prefix=settings.STATIC_URL)
        return index
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            index.add_file_to_dictionary(settings.STATIC_URL + path.replace("\\", "/"), storage.path(path))
    return index


def as_environ(scope: Scope) -> dict[str, str]:
    """The request headers under the names WhiteNoise reads (those of WSGI)."""
    return {
        "HTTP_" + name.decode("latin-1").upper().replace("-", "_"): value.decode("latin-1")
        for name, value in scope["headers"]
    }


def serve_static(application: Application) -> Application:
    """Wrap an ASGI application: paths of known static files are answered here, all else by it."""
    index = find_static_files()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        static_file = index.files.get(scope["path"]) if scope["type"] == "http" else None
        if static_file is None:
            await application(scope, receive, send)
            return
        response = static_file.get_response(scope["method"], as_environ(scope))
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
        ]
        await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
        if response.file is not None:
            with response.file as file:
                while chunk := file.read(CHUNK_BYTES):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return serve
