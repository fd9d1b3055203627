"""One web server process: `python -m portal.server --port 8000`. Like `uvicorn portal.asgi:application`, but
with the log format of the settings, and no access log: its lines would carry query strings."""

import argparse

import uvicorn

GRACE_S = 3


def main() -> None:
    """Serve until SIGTERM or SIGINT; open pages get GRACE_S seconds to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args()
    uvicorn.run(
        "portal.asgi:application",
        host=asked.host,
        port=asked.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )


if __name__ == "__main__":
    main()
