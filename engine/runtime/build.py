# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the managed environment, or finds that a good one is there."""

from __future__ import annotations

import platform
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from ..contract.errors import InvalidRequest, MissingInput, RuntimeBuildFailed, UnwritablePath
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.setupruntime import SetupRuntime
from ..contract.runtime import (
    COMPLETE,
    ENVIRONMENT_PREFIX,
    MARKER,
    REQUIREMENTS,
    Environment,
    Marker,
    find_environment,
    interpreter_in,
    lock_digest,
    marker_text,
    unfinished,
)
from ..core.faults import fault
from .base_python import BasePython
from .build_lock import BuildLock
from .gpu import find_gpus
from .install_progress import InstallProgress
from .installer import Installer
from .tiers import SIZES, check_disk, choose_tier
from .verify import verify_environment

Verify = Callable[[Path, str], Dict[str, Any]]


@dataclass(frozen=True)
class Built:
    """An environment that was tried and works.

    Args:
        python: Its interpreter.
        marker: What was installed.
        facts: What the trial found.
        fresh: Whether it was built now.
        seconds: How long that took.
    """

    python: Path
    marker: Marker
    facts: Dict[str, Any]
    fresh: bool
    seconds: float


def build_runtime(
    request: SetupRuntime,
    emit: Emit,
    requirements: Path = REQUIREMENTS,
    verify: Verify = verify_environment,
    base: Optional[BasePython] = None,
) -> Built:
    """Make sure that ``request.target`` holds a working environment of the tier asked for.

    A new one is built beside the old one, which is deleted once the new one was tried: whatever
    goes wrong, the marker names an environment that works, or none.

    Args:
        request: What to install, and where.
        emit: Takes progress and messages.
        requirements: Folder of the tiers' locks.
        verify: Tries the environment; raises RuntimeBuildFailed if it does not work.
        base: The Python to build from; None for the one that runs this.

    Raises:
        UnsuitablePython, MissingInput, UnwritablePath, NotEnoughDisk, RuntimeBusy: Before
            anything is built.
        RuntimeBuildFailed: It cannot be built, or does not work.
    """
    began = time.monotonic()
    base = base or BasePython.running()
    base.check()
    wheelhouse = _wheelhouse(request)
    folder = _writable(Path(request.target))
    with BuildLock(folder, emit):
        found = find_environment(folder, requirements)
        _sweep(folder, found.marker)
        tier = _tier(request, found)
        _check_lock(tier, requirements)
        kept = None if request.recreate else _try_existing(folder, found, tier, emit, verify)
        if kept is not None:
            return kept
        check_disk(folder, tier, downloads=wheelhouse is None)
        environment = folder / f"{ENVIRONMENT_PREFIX}{tier}-{uuid.uuid4().hex[:8]}"
        hear = InstallProgress(emit, SIZES[tier].download_mb)
        installer = Installer(base, environment, requirements, wheelhouse, hear)
        try:
            marker, facts = _install(installer, tier, emit, verify)
            _publish(folder, marker)
        except BaseException:
            shutil.rmtree(environment, ignore_errors=True)
            raise
        _sweep(folder, marker)
    seconds = time.monotonic() - began
    return Built(interpreter_in(environment), marker, facts, True, seconds)


def _install(
    installer: Installer, tier: str, emit: Emit, verify: Verify
) -> Tuple[Marker, Dict[str, Any]]:
    """Build and try; the marker that names the environment, and what the trial found."""
    environment = installer.environment
    name = installer.install(tier)
    fault("after:install")
    emit(Progress(0.9, None, "Trying the environment"))
    facts = verify(interpreter_in(environment), tier)
    return _marker(environment, tier, installer.requirements, name), facts


def _tier(request: SetupRuntime, found: Environment) -> str:
    """``auto`` keeps what was chosen before: a train tier must not shrink to a map tier."""
    if request.tier == "auto" and found.marker is not None and found.marker.tier in SIZES:
        return found.marker.tier
    return choose_tier(request.tier, find_gpus())


def _try_existing(
    folder: Path, found: Environment, tier: str, emit: Emit, verify: Verify
) -> Optional[Built]:
    if found.reason:
        emit(Message(found.reason))
    marker, python = found.marker, found.python
    if found.state != COMPLETE or marker is None or python is None or marker.tier != tier:
        return None
    emit(Progress(0.5, None, "Trying the environment that is there"))
    try:
        facts = verify(python, tier)
    except RuntimeBuildFailed as error:
        emit(Message(f"{error.what} It is built again.", "warning"))
        (folder / MARKER).unlink()
        return None
    return Built(python, marker, facts, False, 0.0)


def _wheelhouse(request: SetupRuntime) -> Optional[Path]:
    if not request.wheelhouse:
        return None
    folder = Path(request.wheelhouse).expanduser().absolute()
    if not any(folder.glob("*.whl")):
        raise MissingInput(
            f"WHEELHOUSE is {folder}, which has no wheels.",
            "Fill it with 'pip download -r requirements/<tier>.txt' on a machine with network.",
        )
    return folder


def _writable(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{uuid.uuid4().hex}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UnwritablePath(
            f"{folder} cannot be written: {error.strerror or error}.",
            "Set COVERLOOM_RUNTIME to a folder of your own.",
        ) from error
    return folder


def _check_lock(tier: str, requirements: Path) -> None:
    if not lock_digest(tier, requirements):
        raise InvalidRequest(
            f"There is no lock for the tier {tier} in {requirements}.", "Install Coverloom anew."
        )


def _marker(environment: Path, tier: str, requirements: Path, installer: str) -> Marker:
    return Marker(
        environment=environment.name,
        tier=tier,
        lock=lock_digest(tier, requirements),
        python=platform.python_version(),
        installer=installer,
    )


def _publish(folder: Path, marker: Marker) -> None:
    temporary = folder / f".{MARKER}.{uuid.uuid4().hex[:8]}.part"
    temporary.write_text(marker_text(marker), encoding="utf-8")
    fault("before:replace")
    temporary.replace(folder / MARKER)


def _sweep(folder: Path, current: Optional[Marker]) -> None:
    """Delete what cut builds and old environments left; what is in use goes the next time."""
    leftovers: List[Path] = unfinished(folder, current.environment if current else None)
    for path in [*leftovers, *folder.glob(f".{MARKER}.*.part")]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
