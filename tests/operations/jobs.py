"""A job for tests, that a worker is given with ``--include``: it takes its time and writes down its beginning
and its end."""

import os
import time
from pathlib import Path

from celery import shared_task


@shared_task(ignore_result=True, queue="notify")
def work(number: str) -> None:
    folder = Path(os.environ["JOBS_FOLDER"])
    with (folder / f"begun-{number}").open("a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(float(os.environ["JOBS_TAKE_S"]))
    (folder / f"ended-{number}").touch()
