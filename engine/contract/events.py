# SPDX-License-Identifier: GPL-3.0-or-later
"""What the worker says while it works: one JSON object a line.

``{"event": "progress", "fraction": 0.25, "eta_s": 12.0, "text": "…"}``, and likewise for
``message``, ``result`` and ``failure``. A job ends with exactly one result or failure.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, ClassVar, Dict, Optional, Type, Union


@dataclass(frozen=True)
class Progress:
    """How far the job is.

    Args:
        fraction: Share of the work that is done, in [0, 1].
        eta_s: Seconds still to go, or None while nothing can be said.
        text: What is being done now; empty if it did not change.
    """

    event: ClassVar[str] = "progress"
    fraction: float
    eta_s: Optional[float] = None
    text: str = ""


@dataclass(frozen=True)
class Message:
    """A line for the user's log.

    Args:
        text: The sentence.
        level: ``info``, ``warning`` or ``debug``.
        about: Key of the output that it is about. Nobody who has not asked for that output needs
            to hear it. Empty where it is for everybody.
    """

    event: ClassVar[str] = "message"
    text: str
    level: str = "info"
    about: str = ""


@dataclass(frozen=True)
class Result:
    """The job is done; ``outputs`` maps output keys of the API to paths and numbers."""

    event: ClassVar[str] = "result"
    outputs: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """The job ended without a result.

    Args:
        kind: Name of the error class in ``contract.errors``, or of the Python exception.
        what: What is wrong, in one sentence.
        remedy: What to do, in one sentence.
    """

    event: ClassVar[str] = "failure"
    kind: str
    what: str
    remedy: str = ""


Event = Union[Progress, Message, Result, Failure]
Emit = Callable[[Event], None]

_EVENTS: Dict[str, Type[Any]] = {cls.event: cls for cls in (Progress, Message, Result, Failure)}


def encode(event: Event) -> str:
    """Write an event as one line of JSON, without its line feed."""
    return json.dumps({"event": event.event, **asdict(event)}, ensure_ascii=True)


def decode(line: str) -> Event:
    """Read one line that ``encode`` wrote.

    Raises:
        ValueError: The line is no event.
    """
    try:
        fields = json.loads(line)
        return _EVENTS[fields.pop("event")](**fields)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"Not a worker event: {line[:200]!r}") from error
