"""Several questions to one source, put at once."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def ask_together(questions: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """What each gives, in their order. Where one raises, the others are cancelled, and it comes out in an
    ExceptionGroup; of one alone, which needs no task of its own, as it is."""
    if len(questions) == 1:
        return [await questions[0]]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(question) for question in questions]
    return [task.result() for task in tasks]
