# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an environment and fills it, with uv where it can be had, else with pip."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Optional, Sequence

from ..contract.errors import CoverloomError, NotEnoughDisk, RuntimeBuildFailed
from ..contract.runtime import clean_environment, interpreter_in, lock_path
from .base_python import BasePython, libraries_of_host, line_of_libraries
from .child import LOG, ChildFailed, run_child, unbuffered

# Only wheels: building from source would run whatever code the package brings. No dependencies: the
# lock names all that is wanted, and leaves out what is not (see plans/dependencies.md).
_RULES = ("--require-hashes", "--no-deps", "--only-binary", ":all:")


@dataclass(frozen=True)
class Installer:
    """Fills one environment.

    Args:
        base: The Python to make it from.
        environment: Folder of the environment.
        requirements: Folder of the locks.
        wheelhouse: Folder of wheels to install from without network; None for the user's index.
        hear: Called with each line that pip or uv prints.
    """

    base: BasePython
    environment: Path
    requirements: Path
    wheelhouse: Optional[Path]
    hear: Callable[[str], None]

    @property
    def python(self) -> Path:
        """The interpreter of the environment."""
        return interpreter_in(self.environment)

    def install(self, tier: str) -> str:
        """Make the environment and install the tier's lock; return the installer's name.

        Raises:
            RuntimeBuildFailed: Something could not be made, fetched or trusted.
            NotEnoughDisk: The disk became full.
        """
        uv = self._make()
        lock = str(lock_path(tier, self.requirements))
        source = self._source()
        if uv is not None:
            command = [str(uv), "pip", "install", "--python", str(self.python)]
            self._run([*command, *source, *_RULES, "-r", lock], f"installing {tier} with uv")
            return "uv"
        self._run([*self._pip(), *source, *_RULES, "-r", lock], f"installing {tier} with pip")
        return "pip"

    def _make(self) -> Optional[Path]:
        """Make the empty environment; return the uv to fill it with, None for its pip."""
        base, folder = str(self.base.executable), str(self.environment)
        if self.base.uv is not None:
            command = [str(self.base.uv), "venv", "--no-project", "--python", base, folder]
            self._run(command, "making the environment with uv")
            self._share_libraries()
            return self.base.uv
        self._run([base, "-I", "-m", "venv", "--without-pip", folder], "making the environment")
        self._share_libraries()
        self._run([str(self.python), "-I", "-m", "ensurepip", "--default-pip"], "adding pip")
        return self._fetch_uv()

    def _share_libraries(self) -> None:
        """Let the environment find the DLLs of the Python it was made from."""
        folder = libraries_of_host(self.base.executable)
        if folder is not None:
            site = self.environment / "Lib" / "site-packages"
            line = line_of_libraries(folder)
            (site / "coverloom_host.pth").write_text(line, encoding="ascii")

    def _fetch_uv(self) -> Optional[Path]:
        lock = str(lock_path("uv", self.requirements))
        command = [*self._pip(), *self._source(), *_RULES, "-r", lock]
        try:
            # Unheard: progress is counted over the packages of the tier.
            run_child(command, self.environment, _installer_environment())
        except ChildFailed as failed:
            LOG.info("No uv (%s); going on with pip.", failed.reason)
            return None
        return self.python.parent / ("uv.exe" if sys.platform == "win32" else "uv")

    def _pip(self) -> List[str]:
        return [str(self.python), "-I", "-m", "pip", "install", "--no-input"]

    def _source(self) -> List[str]:
        if self.wheelhouse is None:
            return []
        return ["--no-index", "--find-links", str(self.wheelhouse)]

    def _run(self, command: Sequence[str], doing: str) -> None:
        # Not in the checkout: uv would read the settings of a pyproject.toml there.
        cwd = self.environment if self.environment.is_dir() else self.environment.parent
        try:
            run_child(command, cwd, _installer_environment(), self.hear)
        except ChildFailed as failed:
            raise self._failure(failed, doing) from failed
        except OSError as error:
            raise RuntimeBuildFailed(
                f"{command[0]} cannot be started: {error}.", "Install Python 3.11 to 3.13 anew."
            ) from error

    def _failure(self, failed: ChildFailed, doing: str) -> CoverloomError:
        text = "\n".join(failed.lines)
        if re.search(r"hash mismatch|do not match the hashes", text, re.IGNORECASE):
            return RuntimeBuildFailed(
                f"A package is not the one that was locked: {_hash_line(failed)}",
                "Do not use it: fetch the wheels again from a source that you trust.",
            )
        if re.search(r"no space left|disk full", text, re.IGNORECASE):
            return NotEnoughDisk(
                f"The disk of {self.environment.parent} became full.", "Free space and try again."
            )
        if self.wheelhouse is not None:
            remedy = f"See that {self.wheelhouse} has every wheel of the tier for this machine."
        else:
            remedy = "Check the network, or give a WHEELHOUSE; the log says more."
        return RuntimeBuildFailed(f"Failed {doing}: {failed.reason}", remedy)


def _installer_environment() -> dict[str, str]:
    return unbuffered(clean_environment(os.environ, installing=True))


def _hash_line(failed: ChildFailed) -> str:
    pattern = re.compile(r"hash mismatch for|^\s*\S+==?\S* from|\.whl", re.IGNORECASE)
    lines = [line.strip() for line in failed.lines if pattern.search(line)]
    return (lines or [failed.reason])[-1][:300]
