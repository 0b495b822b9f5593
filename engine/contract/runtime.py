# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the worker's managed environment lies, and whether it can be used.

The folder holds one environment a build, each built under the name it keeps (an environment has
its own path in its scripts and cannot be moved), and ``environment.json``, written last, which says
which of them is the current one. So a build that was cut never poses as an environment, and the
old one works until the new one does.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, Optional

MISSING, COMPLETE, INTERRUPTED, STALE = "missing", "complete", "interrupted", "stale"
MARKER = "environment.json"
SCHEMA = 1
REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
ENVIRONMENT_PREFIX = "env-"

_ALLOWED = (
    "PATH HOME USER LOGNAME USERNAME USERPROFILE HOMEDRIVE HOMEPATH LANG LANGUAGE TZ SHELL "
    "TMPDIR TEMP TMP SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT APPDATA LOCALAPPDATA "
    "PROGRAMDATA PROGRAMFILES NUMBER_OF_PROCESSORS HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY "
    "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE"
)
# After the machine's own: stores (AWS_), signed catalogues (PC_SDK_: Planetary Computer), published
# models (HF_: Hugging Face), clusters (DASK_: timeouts, TLS, folders for what does not fit).
_ALLOWED_PREFIXES = (
    *("LC_", "XDG_", "PROCESSOR_", "CUDA_VISIBLE", "NVIDIA_", "COVERLOOM_"),
    *("AWS_", "PC_SDK_", "HF_", "DASK_"),
)
_INSTALLER_PREFIXES = ("PIP_", "UV_")
# These would put packages somewhere else, or other packages than the lock names.
_DIVERTING = (
    "PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_PYTHON PIP_CONSTRAINT PIP_REQUIREMENT PIP_NO_DEPS "
    "PIP_DRY_RUN UV_PYTHON UV_SYSTEM_PYTHON UV_PROJECT UV_PROJECT_ENVIRONMENT UV_CONSTRAINT "
    "UV_OVERRIDE UV_WORKING_DIRECTORY UV_WORKING_DIR"
)


@dataclass(frozen=True)
class Marker:
    """What ``environment.json`` says.

    Args:
        environment: Name of the environment's folder, beside the marker.
        tier: What was installed: one of ``contract.jobs.setupruntime.TIERS``.
        lock: SHA-256 of the tier's lock, as ``lock_digest`` gives it.
        python: Version of its Python, ``3.12.4``.
        installer: ``uv`` or ``pip``, and its version.
    """

    environment: str
    tier: str
    lock: str
    python: str
    installer: str = ""


@dataclass(frozen=True)
class Environment:
    """What was found in a runtime folder.

    Args:
        state: ``missing``, ``complete``, ``interrupted`` or ``stale``.
        reason: One sentence why it is not complete; empty if it is.
        python: Its interpreter: set if it is complete, and if it is stale but can be started.
        marker: What the marker says; None if there is no readable one.
    """

    state: str
    reason: str = ""
    python: Optional[Path] = None
    marker: Optional[Marker] = None


def runtime_folder(
    environ: Optional[Mapping[str, str]] = None, platform: str = sys.platform
) -> Path:
    """The folder of the managed environment: COVERLOOM_RUNTIME, else in the user's data folder."""
    environ = os.environ if environ is None else environ
    if environ.get("COVERLOOM_RUNTIME"):
        return Path(environ["COVERLOOM_RUNTIME"]).expanduser().absolute()
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if platform == "win32":
        data = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        data = home / "Library" / "Application Support"
    else:
        data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return data / "coverloom" / "runtime"


def interpreter_in(environment: Path, platform: str = sys.platform) -> Path:
    """Where an environment made by venv or uv has its interpreter."""
    if platform == "win32":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def environment_python(folder: Path) -> Optional[Path]:
    """The interpreter of the complete environment in ``folder``; None if there is none."""
    found = find_environment(folder)
    return found.python if found.state == COMPLETE else None


def find_environment(folder: Path, requirements: Path = REQUIREMENTS) -> Environment:
    """Look into a runtime folder, without starting anything.

    Args:
        folder: The runtime folder; need not exist.
        requirements: Folder of the tiers' locks, to recognise an environment of another version.
    """
    marker = read_marker(folder)
    if marker is None:
        if not unfinished(folder, None):
            return Environment(MISSING, f"There is no environment in {folder}.")
        return Environment(INTERRUPTED, f"The environment in {folder} was not built to its end.")
    environment = folder / marker.environment
    python = interpreter_in(environment)
    if not (environment / "pyvenv.cfg").is_file():
        return Environment(STALE, f"The environment {environment} is gone.", None, marker)
    if not python.exists() or not _base_exists(environment):
        reason = f"The Python {marker.python} that {environment} was made from is gone."
        return Environment(STALE, reason, None, marker)
    if marker.lock != lock_digest(marker.tier, requirements):
        reason = f"The environment {environment} has other package versions than this Coverloom."
        return Environment(STALE, reason, python, marker)
    return Environment(COMPLETE, "", python, marker)


def read_marker(folder: Path) -> Optional[Marker]:
    """The marker in ``folder``; None if there is none that this version can read."""
    try:
        fields: Dict[str, Any] = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        if fields.pop("schema") != SCHEMA:
            return None
        marker = Marker(**{str(name): str(value) for name, value in fields.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    # A name with a separator would lead out of the folder.
    return marker if Path(marker.environment).name == marker.environment else None


def marker_text(marker: Marker) -> str:
    """The JSON form of a marker."""
    return json.dumps({"schema": SCHEMA, **asdict(marker)}, indent=2) + "\n"


def unfinished(folder: Path, current: Optional[str]) -> List[Path]:
    """Environments in ``folder`` that are not the current one: cut builds and old ones."""
    if not folder.is_dir():
        return []
    found = sorted(folder.glob(f"{ENVIRONMENT_PREFIX}*"))
    return [path for path in found if path.is_dir() and path.name != current]


def lock_path(tier: str, requirements: Path = REQUIREMENTS) -> Path:
    """The tier's file of exact versions with hashes."""
    return requirements / f"{tier}.txt"


def lock_digest(tier: str, requirements: Path = REQUIREMENTS) -> str:
    """SHA-256 of a tier's lock, the same whatever its line ends are; empty if there is none."""
    try:
        lines = lock_path(tier, requirements).read_bytes().splitlines()
    except OSError:
        return ""
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def clean_environment(
    environ: Mapping[str, str], installing: bool = False, without: Iterable[str] = ()
) -> Dict[str, str]:
    """The environment variables that a child may see.

    An allow-list: PYTHONHOME, PYTHONPATH, VIRTUAL_ENV, GDAL_*, PROJ_*, LD_* and what else QGIS sets
    for itself would make the child load QGIS's libraries, or install beside QGIS's Python.

    Args:
        environ: The variables of this process.
        installing: Also pass what pip and uv need to reach the user's own index.
        without: Folders whose subfolders are taken off PATH, such as QGIS's own.
    """
    allowed = {name: value for name, value in environ.items() if _is_allowed(name, installing)}
    barred = [Path(folder).absolute() for folder in without]
    for name in [name for name in allowed if name.upper() == "PATH"]:
        kept = [p for p in allowed[name].split(os.pathsep) if p and not _lies_in(Path(p), barred)]
        allowed[name] = os.pathsep.join(kept)
    return allowed


def _is_allowed(name: str, installing: bool) -> bool:
    upper = name.upper()  # Windows ignores case, and proxies are written either way
    if installing and upper.startswith(_INSTALLER_PREFIXES):
        return upper not in _DIVERTING.split()
    return upper in _ALLOWED.split() or upper.startswith(_ALLOWED_PREFIXES)


def _lies_in(path: Path, folders: List[Path]) -> bool:
    path = path.absolute()
    return any(folder == path or folder in path.parents for folder in folders)


def _base_exists(environment: Path) -> bool:
    """Whether the Python that the environment was made from is still where it was."""
    try:
        text = (environment / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    pairs = [line.split("=", 1) for line in text.splitlines() if "=" in line]
    homes = [value.strip() for key, value in pairs if key.strip() == "home"]
    return bool(homes) and Path(homes[0]).is_dir()
