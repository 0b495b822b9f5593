# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that hold something open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

T = TypeVar("T", bound="Closing")


class Closing(ABC):
    """What must be closed: a context manager that does so at its end, whatever went wrong."""

    @abstractmethod
    def close(self) -> None:
        """Give back what it holds."""

    def __enter__(self: T) -> T:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
