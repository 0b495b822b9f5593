# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mapping run did: time by stage, speed, chunks, memory."""

from __future__ import annotations

import time
from typing import Callable, Dict, Optional

import psutil


class RunClock:
    """Seconds of a run's parts.

    Args:
        whole_process: Count from the start of the process, its imports included; False to count
            from now, for one of several runs in a process.
    """

    def __init__(self, whole_process: bool = True) -> None:
        started = psutil.Process().create_time()
        self._offset = max(0.0, time.time() - started) if whole_process else 0.0
        self._began = time.perf_counter()
        self._cpu_before = 0.0 if whole_process else _cpu_seconds()
        self.seconds: Dict[str, float] = {}
        self.first_chunk: Optional[float] = None
        """Seconds from the start of the process to the first finished chunk."""

    def counting(self, advance: Callable[[int], None]) -> Callable[[int], None]:
        """``advance``, noting when it is first called."""

        def count(chunks: int) -> None:
            if self.first_chunk is None:
                self.first_chunk = self._offset + time.perf_counter() - self._began
            advance(chunks)

        return count

    def mark(self, part: str) -> None:
        """Note the seconds since the start of the process as the end of ``part``."""
        self.seconds[part] = self._offset + time.perf_counter() - self._began

    def cpu_seconds(self) -> float:
        """Processor time that this process has used since the clock's start, s."""
        return _cpu_seconds() - self._cpu_before


def _cpu_seconds() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)
