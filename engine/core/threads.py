# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads for what waits for a disk or a store, of whatever many things."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Callable, Deque, Iterable, Iterator, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 16  # items a thread


def mapped(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """What a function gives for each item, in the items' order, some called side by side.

    ``Executor.map`` asks for all at once and keeps 1.7 KB for each until the last is done: 0.9 GB
    for an archive. Here items are taken only as results are.

    Args:
        function: What to call.
        items: What to call it with.
        threads: How many calls at a time.

    Raises:
        Exception: Whatever ``function`` raises; what was not begun is then left.
    """
    waiting: Deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= _AHEAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
