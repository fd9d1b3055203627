"""What the numbers were measured on, without saying whose machine or where."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import redis

ROOT = Path(__file__).parents[1]


def describe_machine(database_url: str, redis_url: str) -> dict[str, Any]:
    """Cores, memory, versions."""
    with psycopg.connect(database_url) as database:
        row = database.execute("SHOW server_version").fetchone()
        postgresql = str(row[0]).split()[0] if row else ""
    with redis.Redis.from_url(redis_url) as server:
        redis_version = str(server.info("server")["redis_version"])
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": postgresql,
        "redis": redis_version,
        # What else it was doing when the run began: near 0 where it had nothing else to do.
        "load": round(os.getloadavg()[0], 2),
    }


def describe_code() -> str:
    """The commit that was measured; with a plus where the work tree has changes. Empty without history."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()
