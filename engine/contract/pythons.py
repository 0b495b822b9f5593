# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Pythons lie that the worker's environment can be made from, on each system."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Sequence

Which = Callable[[str], Optional[str]]


def python_places(
    platform: str,
    prefix: Path,
    application: Path,
    home: Path,
    environ: Mapping[str, str],
    which: Which,
    minors: Sequence[int],
) -> Iterator[Path]:
    """Places of interpreters, best first; there need be none.

    Args:
        platform: As ``sys.platform`` says it.
        prefix: ``sys.base_prefix`` of QGIS's Python.
        application: QGIS's own folder, as QGIS says it.
        home: The user's.
        environ: The environment variables.
        which: Finds a program on PATH.
        minors: Versions of Python 3 that suit, the best first.
    """
    names = [f"python3.{minor}" for minor in minors]
    if platform == "win32":
        yield from _on_windows(prefix, home, environ, which, minors)
        return
    if platform == "darwin":
        yield from _on_macos(prefix, application, names)
    else:
        yield Path("/usr/bin/python3")
    for name in ["python3", *names]:
        found = which(name)
        # Apple's is too old, and asks to install its developers' tools where they are not.
        if found and (platform, found) != ("darwin", "/usr/bin/python3"):
            yield Path(found)
    # Where "uv python install" puts them, which PATH lacks for a QGIS started from a menu.
    yield from (home / ".local" / "bin" / name for name in names)
    yield prefix / "bin" / "python3"


def _on_windows(
    prefix: Path, home: Path, environ: Mapping[str, str], which: Which, minors: Sequence[int]
) -> Iterator[Path]:
    """The user's own first: QGIS's goes with the QGIS that brought it.

    Never ``bin/python3.exe`` of QGIS, which is what its Python calls ``sys.executable``: that finds
    its library by a variable alone, which no environment made from it would have.
    """
    own = environ.get("LOCALAPPDATA")
    shared = [environ.get(name) for name in ("PROGRAMFILES", "PROGRAMW6432")]
    for minor in minors:
        if own:
            yield Path(own) / "Programs" / "Python" / f"Python3{minor}" / "python.exe"
        yield from (Path(folder) / f"Python3{minor}" / "python.exe" for folder in shared if folder)
        yield home / ".local" / "bin" / f"python3.{minor}.exe"
    found = which("python")
    # What Windows has there opens its shop.
    if found and "windowsapps" not in found.lower():
        yield Path(found)
    yield prefix / "python.exe"


def _on_macos(prefix: Path, application: Path, names: Sequence[str]) -> Iterator[Path]:
    """QGIS.app keeps its Python beside QGIS, or in its framework; the Dock gives it no PATH."""
    yield application / "bin" / "python3"
    yield from (prefix / "bin" / name for name in names)
    for name in names:
        yield Path("/opt/homebrew/bin") / name
        version = name[len("python") :]
        yield Path("/Library/Frameworks/Python.framework/Versions") / version / "bin" / name
