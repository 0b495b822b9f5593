# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers written as text: ``trees = p["Forest"] + 0.5 * p[3]``.

The text is parsed by Python's own grammar, and what is not in the short list below is refused.
What is left is written anew, with names of ours, for numexpr, which computes and cannot call:
nothing that the user wrote reaches an evaluator.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Sequence, Tuple, Type

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import UnusableLayer

_NAME = re.compile(r"[^\W\d][\w -]{0,60}")
_LONGEST = 2000  # characters, before and after translation
_MOST_INPUTS = 60  # numexpr takes 63
_ARITHMETIC: Dict[Type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.Mod: "%",
}  # fmt: skip
_LOGICAL: Dict[Type[ast.AST], str] = {
    ast.And: "&", ast.Or: "|", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip
_COMPARISONS: Dict[Type[ast.AST], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_OF_ONE = ("abs", "sqrt", "exp", "log", "log10", "floor", "ceil")
_OVER_CLASSES = ("sum", "mean", "min", "max")
Input = Tuple[str, Any]


@dataclass(frozen=True)
class Expression:
    """One parsed line.

    Args:
        name: Of the layer.
        source: What the user wrote, for the file's tag.
        program: The same for numexpr.
        inputs: What numexpr's ``v0``, ``v1``, … stand for: ``("p", id)``, ``("band", name)`` or
            ``("over", function)`` for a sum, mean, minimum or maximum over all classes.
    """

    name: str
    source: str
    program: str
    inputs: Tuple[Input, ...]

    @property
    def bands(self) -> Tuple[str, ...]:
        """Names of the scene's bands in it."""
        return tuple(value for kind, value in self.inputs if kind == "band")

    def __call__(
        self, probabilities: NDArray[np.float32], bands: Mapping[str, NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """Compute the layer.

        Args:
            probabilities: (K, h, w) float32.
            bands: (h, w) float32 of each band in ``self.bands``.

        Returns:
            (h, w) float32; true is 1 and false 0.
        """
        import numexpr  # here, for few runs have expressions

        numexpr.set_num_threads(1)  # the cores are the network's
        values = {
            f"v{i}": _value(kind, what, probabilities, bands)
            for i, (kind, what) in enumerate(self.inputs)
        }
        try:
            # What divides by 0 becomes infinite and stays so.
            with np.errstate(all="ignore"):
                result = numexpr.evaluate(self.program, values, {}, truediv=True)
        except (ArithmeticError, TypeError, ValueError, NotImplementedError) as error:
            raise UnusableLayer(
                f"The expression {self.name!r} cannot be computed: {error}.", "Simplify it."
            ) from error
        shape = probabilities.shape[1:]
        return np.ascontiguousarray(np.broadcast_to(result, shape), np.float32)


def parse_expressions(
    text: str, classes: Sequence[str], bands: Sequence[str]
) -> Tuple[Expression, ...]:
    """Read ``name = expression`` lines; empty lines and those that begin with # are left out.

    Args:
        text: The lines; a semicolon ends one as well.
        classes: Names of the classes, in the order of their ids.
        bands: Names of the scene's bands.

    Raises:
        UnusableLayer: A line is no such thing, or names what is not there.
    """
    found: List[Expression] = []
    for line in re.split(r"[\n;]", text):
        if not line.strip() or line.strip().startswith("#"):
            continue
        name, sign, source = (part.strip() for part in line.partition("="))
        if not sign or source.startswith("=") or not _NAME.fullmatch(name):
            raise UnusableLayer(
                f"The line {line.strip()[:80]!r} of EXPRESSIONS does not name a layer.",
                'Write one "name = expression" a line; a name begins with a letter.',
            )
        found.append(_parse(name, source, classes, bands))
    return tuple(found)


def _parse(name: str, source: str, classes: Sequence[str], bands: Sequence[str]) -> Expression:
    reader = _Reader(name, classes, bands)
    try:
        if len(source) > _LONGEST:
            raise SyntaxError("it is too long")
        text, is_bool = reader.read(ast.parse(source, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else error
        raise UnusableLayer(
            f"The expression {name!r} cannot be read: {reason}.", f"It is {source[:120]!r}."
        ) from error
    if len(text) > 8 * _LONGEST or len(reader.inputs) > _MOST_INPUTS:
        raise reader.refusal(f"it uses {len(reader.inputs)} classes and bands, or is too long")
    program = _as_number(text, is_bool)
    return Expression(name, source, program, tuple(reader.inputs))


class _Reader:
    """Translates a tree of the allowed kinds; each method gives text and whether it is a truth."""

    def __init__(self, name: str, classes: Sequence[str], bands: Sequence[str]) -> None:
        self._name, self._classes, self._bands = name, list(classes), list(bands)
        self.inputs: List[Input] = []

    def refusal(self, reason: str, remedy: str = "") -> UnusableLayer:
        return UnusableLayer(
            f"The expression {self._name!r} cannot be used: {reason}.",
            remedy or "Use p[id], p[\"class\"], bands, numbers, + - * / ** %, comparisons, "
            "and, or, not, sum, mean, min, max, abs, sqrt, exp, log, log10, floor, ceil, where.",
        )  # fmt: skip

    def read(self, node: ast.AST) -> Tuple[str, bool]:
        if isinstance(node, ast.Constant):
            return self._number(node.value), False
        if isinstance(node, ast.Name):
            return self._band(node.id), False
        if isinstance(node, ast.Subscript):
            return self._item(node), False
        if isinstance(node, ast.UnaryOp):
            return self._one_sided(node)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            sides = [_as_number(*self.read(side)) for side in (node.left, node.right)]
            return f"({sides[0]}{_ARITHMETIC[type(node.op)]}{sides[1]})", False
        if isinstance(node, ast.BinOp) and type(node.op) in _LOGICAL:
            return self._logical(_LOGICAL[type(node.op)], [node.left, node.right])
        if isinstance(node, ast.BoolOp):
            return self._logical(_LOGICAL[type(node.op)], node.values)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        raise self.refusal(f"{ast.unparse(node)[:60]!r} is not allowed")

    def _number(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refusal(f"{value!r} is no number")
        if not abs(value) < 1e30:
            raise self.refusal(f"{str(value)[:30]} is too large")
        return f"({float(value)!r})"

    def _input(self, kind: str, what: object) -> str:
        if (kind, what) not in self.inputs:
            self.inputs.append((kind, what))
        return f"v{self.inputs.index((kind, what))}"

    def _band(self, name: str) -> str:
        if name in self._bands:
            return self._input("band", name)
        known = ", ".join(self._bands) or "none"
        raise self.refusal(
            f"there is no band {name!r}", f"The bands are: {known}; classes are p[…]."
        )

    def _item(self, node: ast.Subscript) -> str:
        holder = node.value.id if isinstance(node.value, ast.Name) else ""
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if holder == "band" and isinstance(key, str):
            return self._band(key)
        if holder != "p" or isinstance(key, bool) or not isinstance(key, (int, str)):
            raise self.refusal(f"{ast.unparse(node)[:60]!r} is not allowed")
        if isinstance(key, str) and key in self._classes:
            return self._input("p", self._classes.index(key))
        if isinstance(key, int) and key < len(self._classes):
            return self._input("p", key)
        known = ", ".join(f"{i} {name}" for i, name in enumerate(self._classes))
        raise self.refusal(f"there is no class {key!r}", f"The classes are: {known}.")

    def _one_sided(self, node: ast.UnaryOp) -> Tuple[str, bool]:
        if isinstance(node.op, (ast.Not, ast.Invert)):
            return f"(~{_as_truth(*self.read(node.operand))})", True
        sign = "-" if isinstance(node.op, ast.USub) else "+"
        return f"({sign}{_as_number(*self.read(node.operand))})", False

    def _logical(self, sign: str, sides: Sequence[ast.AST]) -> Tuple[str, bool]:
        return f"({sign.join(_as_truth(*self.read(side)) for side in sides)})", True

    def _comparison(self, node: ast.Compare) -> Tuple[str, bool]:
        unknown = [op for op in node.ops if type(op) not in _COMPARISONS]
        if unknown:
            raise self.refusal(f"{ast.unparse(node)[:60]!r} is not allowed")
        sides = [_as_number(*self.read(side)) for side in (node.left, *node.comparators)]
        pairs = zip(sides, node.ops, sides[1:])
        # 0 < x < 1 is two comparisons, as in Python.
        return "(" + "&".join(f"({a}{_COMPARISONS[type(o)]}{b})" for a, o, b in pairs) + ")", True

    def _call(self, node: ast.Call) -> Tuple[str, bool]:
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        count, shown = len(node.args), ast.unparse(node)[:60]
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise self.refusal(f"{shown!r} is not allowed")
        if function in _OVER_CLASSES and count == 1 and _is_p(node.args[0]):
            return self._input("over", function), False
        if function in _OVER_CLASSES and count > 1:
            return _over(function, [_as_number(*self.read(a)) for a in node.args]), False
        if function in _OF_ONE and count == 1:
            return f"{function}({_as_number(*self.read(node.args[0]))})", False
        if function == "where" and count == 3:
            truth = _as_truth(*self.read(node.args[0]))
            values = [_as_number(*self.read(a)) for a in node.args[1:]]
            return f"where({truth},{values[0]},{values[1]})", False
        raise self.refusal(f"{shown!r} is no function call that is known")


def _is_p(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "p"


def _over(function: str, values: Sequence[str]) -> str:
    if function in ("sum", "mean"):
        total = f"({'+'.join(values)})"
        return total if function == "sum" else f"({total}/{float(len(values))!r})"
    folded = values[0]
    for value in values[1:]:
        folded = f"{function}imum({folded},{value})"
    return folded


def _as_number(text: str, is_truth: bool) -> str:
    return f"where({text},1.0,0.0)" if is_truth else text


def _as_truth(text: str, is_truth: bool) -> str:
    return text if is_truth else f"({text}!=0.0)"


def _value(
    kind: str, what: Any, p: NDArray[np.float32], bands: Mapping[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    if kind == "band":
        return bands[what]
    if kind == "p":
        return p[what]
    over: NDArray[np.float32] = getattr(p, what)(axis=0)
    return over
