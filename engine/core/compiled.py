# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiling of the two per-pixel passes, with the result kept between runs."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> str:
    """Where machine code is kept: in the environment, else in the user's temporary folder."""
    inside = Path(sys.prefix) / "coverloom-compiled"
    try:
        inside.mkdir(exist_ok=True)
        if os.access(inside, os.W_OK):
            return str(inside)
    except OSError:  # an environment of the system's: not ours to write to
        return str(Path(tempfile.gettempdir()) / "coverloom-compiled")
    return str(Path(tempfile.gettempdir()) / "coverloom-compiled")


# Numba reads this when it is first imported; the plugin's own folder may be read-only.
os.environ.setdefault("NUMBA_CACHE_DIR", _cache_folder())

import numba  # noqa: E402


def compiled(function: F) -> F:
    """Compile with strict IEEE arithmetic: equal to NumPy's to the bit."""
    return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy")(function))


def compiled_fast(function: F) -> F:
    """Compile with fused multiply-adds and reordered sums, for speed; NaN keeps its meaning."""
    loose = {"contract", "nsz", "reassoc"}
    compile_it = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath=loose)
    return cast(F, compile_it(function))


def inlined(function: F) -> F:
    """Compile into whatever compiled function calls it."""
    return cast(F, numba.njit(inline="always")(function))
