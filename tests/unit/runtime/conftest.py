# SPDX-License-Identifier: GPL-3.0-or-later
"""A wheelhouse of packages made on the fly, locks for it, and a builder for both installers."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from coverloom.engine.contract.errors import RuntimeBuildFailed
from coverloom.engine.contract.jobs.setupruntime import SetupRuntime
from coverloom.engine.runtime.base_python import BasePython
from coverloom.engine.runtime.build import build_runtime

TIER = "map-cpu"


def make_wheel(folder: Path, name: str, version: str) -> Path:
    """A wheel with one module, which says its version."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{path},sha256={digest.decode()},{len(text)}\n"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    return wheel


def write_lock(requirements: Path, wheel: Path, tier: str = TIER) -> None:
    """Lock one wheel by its hash."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    requirements.mkdir(exist_ok=True)
    text = f"{name}=={version} \\\n    --hash=sha256:{digest}\n"
    (requirements / f"{tier}.txt").write_text(text)


class Workshop:
    """Builds environments from its own wheelhouse and locks, without network."""

    def __init__(self, folder: Path, base: BasePython) -> None:
        self.wheelhouse, self.requirements = folder / "wheels", folder / "requirements"
        self.target = folder / "runtime"
        self.base = base
        self.events = []
        self.release("1.0")

    def release(self, version: str) -> Path:
        """Publish a version of the only package, and lock it."""
        wheel = make_wheel(self.wheelhouse, "tinymap", version)
        write_lock(self.requirements, wheel)
        return wheel

    def build(self, verify=None, **fields):
        fields = {"wheelhouse": str(self.wheelhouse), "tier": TIER, **fields}
        request = SetupRuntime(target=str(self.target), **fields)
        return build_runtime(
            request, self.events.append, self.requirements, verify or use_tinymap, self.base
        )

    def environments(self) -> list[str]:
        return sorted(path.name for path in self.target.glob("env-*"))


def use_tinymap(python: Path, tier: str) -> dict[str, str]:
    """Import the package in the new interpreter."""
    command = [python, "-I", "-c", "import tinymap; print(tinymap.VERSION)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeBuildFailed(f"The environment does not work: {done.stderr[-200:]}", "")
    return {"provider": "none", "version": done.stdout.strip()}


def find_uv() -> Path | None:
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    return Path(found) if found else None


@pytest.fixture(params=["uv", "pip"])
def each_installer(request) -> BasePython:
    """The Python that runs the tests, with uv and without."""
    base = BasePython.running()
    if request.param == "uv" and find_uv() is None:
        pytest.skip("There is no uv beside this Python.")
    return dataclasses.replace(base, uv=find_uv() if request.param == "uv" else None)


@pytest.fixture
def workshop(tmp_path) -> Workshop:
    """With the faster installer that there is."""
    return Workshop(tmp_path, dataclasses.replace(BasePython.running(), uv=find_uv()))
