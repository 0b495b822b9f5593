# SPDX-License-Identifier: GPL-3.0-or-later
"""What all requests share: limits written at the field, one check, one JSON form."""

from __future__ import annotations

import dataclasses
import json
from typing import (
    Any,
    ClassVar,
    Dict,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    get_type_hints,
)

from ..errors import InvalidRequest

SCHEMA = 1
J = TypeVar("J", bound="Job")


def limited(
    default: Any = dataclasses.MISSING,
    *,
    choices: Sequence[str] = (),
    minimum: Optional[float] = None,
    maximum: Optional[float] = None,
) -> Any:
    """A dataclass field that says which values it takes; without a default it is required."""
    limits = {"choices": tuple(choices), "minimum": minimum, "maximum": maximum}
    return dataclasses.field(default=default, metadata=limits)


@dataclasses.dataclass(frozen=True)
class Job:
    """One request to the worker. Field names are the API's parameter keys in lower case."""

    name: ClassVar[str] = ""

    def validate(self) -> None:
        """Check every field against its type and its limits; children add what links fields.

        Raises:
            InvalidRequest: A value that no run could use.
        """
        hints = get_type_hints(type(self))
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if not _fits(value, hints[field.name]):
                raise InvalidRequest(
                    f"{field.name.upper()} is {value!r}, which is no {_spell(hints[field.name])}.",
                    "Give a value of that type.",
                )
            required = field.default is dataclasses.MISSING
            if required and value in ("", ()):
                raise InvalidRequest(f"{field.name.upper()} is empty.", "It must be given.")
            _check_limits(field, value)

    def to_json(self) -> str:
        """Write the request as the ``job.json`` that the worker reads."""
        envelope = {"schema": SCHEMA, "job": self.name, "request": dataclasses.asdict(self)}
        return json.dumps(envelope, indent=2)

    @classmethod
    def from_fields(cls: Type[J], fields: Dict[str, Any]) -> J:
        """Make a request from the ``request`` object of a ``job.json``.

        Raises:
            InvalidRequest: A field is unknown, or a required one is missing.
        """
        known = {field.name: field for field in dataclasses.fields(cls)}
        unknown = sorted(set(fields) - set(known))
        if unknown:
            raise InvalidRequest(
                f"The request for {cls.name!r} has unknown fields: {', '.join(unknown)}.",
                f"Known are {', '.join(known)}.",
            )
        required = [n for n, field in known.items() if field.default is dataclasses.MISSING]
        missing = [n for n in required if n not in fields]
        if missing:
            raise InvalidRequest(
                f"The request for {cls.name!r} lacks {', '.join(missing)}.", "Add what is missing."
            )
        return cls(**{name: _tuples(value) for name, value in fields.items()})

    @classmethod
    def choices(cls, field_name: str) -> Tuple[str, ...]:
        """The strings that a field may hold, for the Toolbox's list."""
        fields = {field.name: field for field in dataclasses.fields(cls)}
        choices: Tuple[str, ...] = fields[field_name].metadata["choices"]
        return choices


def _check_limits(field: dataclasses.Field[Any], value: Any) -> None:
    key = field.name.upper()
    choices = field.metadata.get("choices", ())
    if choices and value not in choices:
        raise InvalidRequest(f"{key} is {value!r}.", f"It must be one of {', '.join(choices)}.")
    minimum, maximum = field.metadata.get("minimum"), field.metadata.get("maximum")
    if value is None:
        return
    if minimum is not None and value < minimum:
        raise InvalidRequest(f"{key} is {value}.", f"It must be at least {minimum}.")
    if maximum is not None and value > maximum:
        raise InvalidRequest(f"{key} is {value}.", f"It must be at most {maximum}.")


def _fits(value: Any, hint: Any) -> bool:
    origin = getattr(hint, "__origin__", None)
    arguments: Tuple[Any, ...] = getattr(hint, "__args__", ())
    if origin is Union:
        return any(_fits(value, argument) for argument in arguments)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if arguments[-1] is Ellipsis:
            return all(_fits(item, arguments[0]) for item in value)
        return len(value) == len(arguments) and all(map(_fits, value, arguments))
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _spell(hint: Any) -> str:
    plain = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return plain.get(hint, str(hint).replace("typing.", ""))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
