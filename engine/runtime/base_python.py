# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the Python that runs this can be the base of an environment."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple

from ..contract.errors import UnsuitablePython

OLDEST, NEWEST = (3, 11), (3, 13)
_GET_PYTHON = "Install a 64-bit Python 3.11, 3.12 or 3.13 and name it in COVERLOOM_PYTHON."


@dataclass(frozen=True)
class BasePython:
    """What an environment can be made with.

    Args:
        executable: The interpreter, outside any environment.
        version: (major, minor).
        bits: Size of a pointer, bit.
        has_venv: Whether its module ``venv`` is there.
        has_ensurepip: Whether it can put pip into an environment.
        uv: Path of a uv on PATH or beside the interpreter; None if there is none.
    """

    executable: Path
    version: Tuple[int, int]
    bits: int
    has_venv: bool
    has_ensurepip: bool
    uv: Optional[Path]

    @classmethod
    def running(cls) -> BasePython:
        """The Python that runs this; in an environment, the one that it was made from."""
        executable = Path(getattr(sys, "_base_executable", "") or sys.executable)
        return cls(
            executable=executable,
            version=sys.version_info[:2],
            bits=struct.calcsize("P") * 8,
            has_venv=importlib.util.find_spec("venv") is not None,
            has_ensurepip=importlib.util.find_spec("ensurepip") is not None,
            uv=_find_uv(executable),
        )

    def check(self) -> None:
        """Refuse a Python that no environment can be made from.

        Raises:
            UnsuitablePython: Its version or size is wrong, or it can neither make an environment
                nor is there a uv to do it.
        """
        spelled = ".".join(map(str, self.version))
        if not OLDEST <= self.version <= NEWEST:
            raise UnsuitablePython(
                f"{self.executable} is Python {spelled}; Coverloom's packages need 3.11 to 3.13.",
                _GET_PYTHON,
            )
        if self.bits != 64:
            raise UnsuitablePython(f"{self.executable} is a {self.bits}-bit Python.", _GET_PYTHON)
        if self.uv or (self.has_venv and self.has_ensurepip):
            return
        lacking = "ensurepip" if self.has_venv else "venv"
        raise UnsuitablePython(
            f"{self.executable} has no module {lacking}, and there is no uv.",
            f"Install it (Debian and Ubuntu: sudo apt install python{spelled}-venv), or uv.",
        )


def _find_uv(executable: Path) -> Optional[Path]:
    found = shutil.which("uv") or shutil.which("uv", path=str(executable.parent))
    return Path(found) if found else None


def libraries_of_host(executable: Path) -> Optional[Path]:
    """Where QGIS for Windows keeps the DLLs of its Python's modules (ssl, sqlite3, bz2).

    That Python names the folder to the system in its own ``sitecustomize``, which an environment
    made from it does not see.

    Args:
        executable: The interpreter, ``…/apps/Python312/python.exe``.

    Returns:
        The folder; None where the Python is none of QGIS's.
    """
    root = executable.absolute().parents[2:3]
    folder = root[0] / "bin" if root else executable
    return folder if (folder / "o4w_env.bat").is_file() else None


def line_of_libraries(folder: Path) -> str:
    """What a ``.pth`` file says for Python to look there too, in ASCII: it has no encoding."""
    return f"import os; os.path.isdir({str(folder)!a}) and os.add_dll_directory({str(folder)!a})\n"


def machine() -> str:
    """Operating system and processor family, ``Linux x86_64``."""
    return f"{platform.system()} {platform.machine()}"
