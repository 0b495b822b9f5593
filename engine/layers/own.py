# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers computed by functions in a Python file of the user's.

>>> from coverloom.engine.layers.own import layer  # doctest: +SKIP
>>> @layer("trees", unit="")
... def trees(p, bands):
...     return p["Broad-leaved forest"] + p["Coniferous forest"]
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import MissingInput, UnusableLayer

Function = Callable[..., Any]
_NAME = re.compile(r"[^\W\d][\w -]{0,60}")
_MARK = "_coverloom_layer"


def layer(name: Optional[str] = None, unit: str = "") -> Callable[[Function], Function]:
    """Mark a function as a layer.

    It is called for one part of the raster after the other as ``function(p, bands)``, or
    ``function(p)`` if it takes one argument, so a pixel's value may depend on that pixel alone.
    ``p`` is a (K, h, w) float32 array that also takes class names, ``p["Arable land"]``; ``bands``
    maps names to (h, w) float32 in the unit of the model's card.

    Args:
        name: Of the layer and its file; None for the function's.
        unit: Of the (h, w) numbers that the function returns.
    """

    def mark(function: Function) -> Function:
        setattr(function, _MARK, (name or function.__name__, unit))
        return function

    return mark


class ClassProbabilities(np.ndarray[Any, np.dtype[Any]]):
    """A (K, h, w) array whose first axis can also be indexed by class names."""

    names: Sequence[str] = ()

    @classmethod
    def of(cls, array: NDArray[np.float32], names: Sequence[str]) -> ClassProbabilities:
        """See a (K, h, w) array under its K classes' names; nothing is copied."""
        view = array.view(cls)
        view.names = names
        return view

    def __getitem__(self, key: Any) -> Any:
        """By class name, or as NumPy."""
        if not isinstance(key, str):
            return np.asarray(self)[key]
        if key not in self.names:
            raise KeyError(f"there is no class {key!r}")
        return np.asarray(self)[list(self.names).index(key)]


@dataclass(frozen=True)
class OwnFunction:
    """One marked function of a file.

    Args:
        name: Of the layer.
        unit: Of its numbers.
        source: ``file.py:function``, for messages and the file's tag.
        function: What to call.
        takes_bands: Whether it takes a second argument.
        classes: Names of the classes.
    """

    name: str
    unit: str
    source: str
    function: Function
    takes_bands: bool
    classes: Tuple[str, ...]

    def __call__(
        self, probabilities: NDArray[np.float32], bands: Mapping[str, NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """Compute the layer: (K, h, w) float32 and bands of (h, w) to (h, w) float32.

        Raises:
            UnusableLayer: The function raised, or gave something that is no such layer.
        """
        # A copy, for what a function changes in place must not reach the other layers.
        p = ClassProbabilities.of(probabilities.copy(), self.classes)
        try:
            given = self.function(p, bands) if self.takes_bands else self.function(p)
            values = np.asarray(given)
        except Exception as error:  # foreign code raises whatever it likes
            reason = error.args[0] if isinstance(error, KeyError) and error.args else error
            raise UnusableLayer(
                f"The layer {self.name!r} ({self.source}) raised {type(error).__name__}: {reason}.",
                "Correct the function in LAYERS_FILE.",
            ) from error
        shape = probabilities.shape[1:]
        if values.shape != shape or values.dtype.kind not in "biuf":
            raise UnusableLayer(
                f"The layer {self.name!r} ({self.source}) gave an array of shape {values.shape} "
                f"and type {values.dtype} for {shape[0]} x {shape[1]} px.",
                "Return one real number a pixel: an (h, w) array.",
            )
        return values.astype(np.float32)


def load_layers_file(path: str, classes: Sequence[str]) -> List[OwnFunction]:
    """Run a Python file and collect its marked functions, in the order of their names in it.

    Raises:
        MissingInput: There is no such file.
        UnusableLayer: It raises, or marks no function.
    """
    file = Path(path)
    if not file.is_file():
        raise MissingInput(f"LAYERS_FILE {path} is no file.", "Give the path of a Python file.")
    spec = spec_from_file_location("coverloom_layers_file", file)
    if spec is None or spec.loader is None:
        raise UnusableLayer(f"LAYERS_FILE {path} is no Python file.", "Its name must end in .py.")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # as above
        raise UnusableLayer(
            f"LAYERS_FILE {path} cannot be run: {type(error).__name__}: {error}.", "Correct it."
        ) from error
    found = _marked(vars(module), file.name, tuple(classes))
    if not found:
        raise UnusableLayer(
            f"LAYERS_FILE {path} marks no function as a layer.",
            "Put @layer(), from coverloom.engine.layers.own, above a function.",
        )
    return found


def _marked(content: Dict[str, Any], file: str, classes: Tuple[str, ...]) -> List[OwnFunction]:
    found = []
    for function in dict.fromkeys(v for v in content.values() if inspect.isfunction(v)):
        mark = getattr(function, _MARK, None)
        if mark is None:
            continue
        name, unit = mark
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UnusableLayer(
                f"{file}: {name!r} is no name for a layer.", "Begin with a letter; no slashes."
            )
        places = len(inspect.signature(function).parameters)
        if places not in (1, 2):
            raise UnusableLayer(
                f"{file}: {function.__name__} takes {places} arguments.",
                "A layer's function takes p, or p and bands.",
            )
        source = f"{file}:{function.__name__}"
        found.append(OwnFunction(name, str(unit), source, function, places == 2, classes))
    return found
