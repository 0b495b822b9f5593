# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mapping run did: time by stage, speed, chunks, memory."""

from __future__ import annotations

import time
from typing import Callable, Dict, Optional

import psutil


class RunClock:
    """Seconds of a run's parts, counted from the start of the process."""

    def __init__(self) -> None:
        self._offset = max(0.0, time.time() - psutil.Process().create_time())
        self._began = time.perf_counter()
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
        """Processor time that this process has used so far, s."""
        times = psutil.Process().cpu_times()
        return float(times.user + times.system)
