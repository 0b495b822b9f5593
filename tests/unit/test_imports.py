# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom: the rules of DESIGN.md, read from the source of the whole tree."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "models", "plugin", "processing_provider")
QGIS_SIDE = ("plugin", "processing_provider")
QGIS = {"qgis", "osgeo", "processing"}  # the last is the plugin that QGIS itself brings
STDLIB = set(sys.stdlib_module_names) | {"__future__"}
# A stage is a package of the engine; these are not.
NO_STAGES = {"contract", "core", "jobs"}
MAY_ALSO = {("training", "datasets"), ("training", "models")}
# They run before there is an environment.
BARE = {"runtime": {"trial", "packages", "machine"}}


def sources() -> list[str]:
    paths = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in [ROOT / "__init__.py", *paths])


def imported(text: str, module: str) -> list[str]:
    """Every module that a source imports, at any depth; this checkout's begin with ``coverloom.``.

    Args:
        text: The source.
        module: Its dotted name below ``coverloom``, ``engine.core.card``; a package's ends in
            ``.__init__``.
    """
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.append(node.module or "")
        elif isinstance(node, ast.ImportFrom):
            above = ["coverloom", *module.split(".")[: -node.level]]
            base = ".".join([*above, *(node.module or "").split(".")]).rstrip(".")
            found += [_module_or_content(base, alias.name) for alias in node.names]
    return found


def _module_or_content(base: str, name: str) -> str:
    """``from .. import x`` may name a module or what is inside one."""
    folder = ROOT.joinpath(*base.split(".")[1:])
    is_module = (folder / name).is_dir() or (folder / f"{name}.py").is_file()
    return f"{base}.{name}" if is_module else base


def complaints(text: str, path: str) -> list[str]:
    """The rules that a source at ``path`` (relative to the root) breaks."""
    module = path[: -len(".py")].replace("/", ".")
    names = imported(text, module)
    own = [name[len("coverloom.") :] for name in names if name.startswith("coverloom.")]
    foreign = {name.split(".")[0] for name in names} - {"coverloom"}
    found = [f"imports {name} by its own name" for name in foreign if name.startswith("PyQt")]
    parts = module.split(".")
    if parts[0] in QGIS_SIDE or module == "__init__":
        found += _on_the_qgis_side(foreign, own)
    else:
        found += [f"imports {name}" for name in foreign & QGIS]
        found += [f"imports {name}" for name in own if name.split(".")[0] in QGIS_SIDE]
    if parts[:2] == ["engine", "contract"]:
        found += [f"imports {name}" for name in foreign - STDLIB]
        found += [f"imports {n}" for n in own if not n.startswith("engine.contract")]
    elif parts[0] == "engine" and len(parts) > 2 and parts[1] != "jobs":
        found += _in_a_stage(parts, foreign, own)
    elif parts[0] == "models":
        wrong = [
            n for n in own if n.split(".")[0] != "models" and _stage(n) not in ("core", "contract")
        ]
        found += [f"imports {name}" for name in wrong]
    return sorted(set(found))


def _on_the_qgis_side(foreign: set[str], own: list[str]) -> list[str]:
    found = [f"imports {name}" for name in foreign - STDLIB - QGIS]
    for name in own:
        parts = name.split(".")
        # A package itself holds its registry: names only.
        registry = name == "models" or (len(parts) == 2 and (ROOT / "engine" / parts[1]).is_dir())
        if parts[0] not in QGIS_SIDE and parts[:2] != ["engine", "contract"] and not registry:
            found.append(f"imports {name}")
    return found


def _in_a_stage(parts: list[str], foreign: set[str], own: list[str]) -> list[str]:
    stage = parts[1]
    # "engine" itself says its version.
    allowed = {"engine", "contract", "core", *({stage} if stage != "core" else ())}
    wrong = [n for n in own if _stage(n) not in allowed and (stage, _stage(n)) not in MAY_ALSO]
    found = [f"imports {name}" for name in wrong]
    if stage in BARE and parts[2] not in BARE[stage]:
        found += [f"imports {name}, before there is an environment" for name in foreign - STDLIB]
    return found


def _stage(name: str) -> str:
    parts = name.split(".")
    return parts[1] if parts[0] == "engine" and len(parts) > 1 else parts[0]


@pytest.mark.parametrize("path", sources())
def test_keeps_to_the_rules(path):
    assert complaints((ROOT / path).read_text(encoding="utf-8"), path) == []


@pytest.mark.parametrize(
    "path",
    [p for p in sources() if p.startswith((*QGIS_SIDE, "engine/contract", "__init__"))],
)
def test_is_python_3_9(path):
    ast.parse((ROOT / path).read_text(encoding="utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("engine/contract/x.py", "import numpy", "imports numpy"),
        ("engine/contract/jobs/x.py", "from ...core.grid import Grid", "imports engine.core.grid"),
        ("engine/layers/x.py", "from ..scenes.raster import y", "imports engine.scenes.raster"),
        ("engine/layers/x.py", "from .. import scenes", "imports engine.scenes"),
        ("engine/layers/__init__.py", "from ..jobs import z", "imports engine.jobs"),
        ("engine/core/x.py", "from ..layers.entropy import y", "imports engine.layers.entropy"),
        ("engine/scenes/x.py", "def f():\n    import qgis.core", "imports qgis"),
        ("engine/worker.py", "from osgeo import gdal", "imports osgeo"),
        ("engine/jobs/x.py", "from ...plugin import y", "imports plugin"),
        ("engine/runtime/build.py", "import psutil",
         "imports psutil, before there is an environment"),
        ("plugin/x.py", "from ..engine.worker import main", "imports engine.worker"),
        ("engine/runtime/x.py", "from coverloom.engine.layers import y", "imports engine.layers"),
        ("models/unet.py", "from ..engine.datasets.npz import y", "imports engine.datasets.npz"),
        ("plugin/x.py", "import numpy as np", "imports numpy"),
        ("plugin/x.py", "from PyQt5.QtCore import Qt", "imports PyQt5 by its own name"),
        ("processing_provider/algorithms/x.py", "from ...engine.core.card import y",
         "imports engine.core.card"),
    ],
)  # fmt: skip
def test_tells_what_breaks_a_rule(path, text, complaint):
    assert complaint in complaints(text, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("engine/contract/x.py", "import json\nfrom .errors import CoverloomError"),
        (
            "engine/layers/x.py",
            "import numpy\nfrom ..core.window import Window\nfrom .layer import y",
        ),
        ("engine/training/x.py", "from ..datasets.npz import y\nfrom ...models import MODELS"),
        ("engine/jobs/x.py", "from ..layers.entropy import y\nfrom ..scenes.raster import z"),
        ("plugin/x.py", "from qgis.core import Qgis\nfrom ..engine.contract.errors import z"),
        (
            "processing_provider/x.py",
            "from ..engine.layers import LAYERS\nfrom ..models import MODELS",
        ),
    ],
)
def test_allows_what_keeps_them(path, text):
    assert complaints(text, path) == []
