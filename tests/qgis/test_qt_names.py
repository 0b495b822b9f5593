# SPDX-License-Identifier: GPL-3.0-or-later
"""Qt 6 knows members of an enumeration by its name alone: ``QProcess.ProcessState.Running``.

QGIS 3 is built with Qt 5, which takes ``QProcess.Running`` as well, so that no other test fails.
"""

from __future__ import annotations

import ast
import importlib
from enum import Enum
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("plugin", "processing_provider", "scripts", "tests/qgis")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
GONE = {"exec_", "print_"}


def imported(tree):
    """Name in the file to what QGIS or Qt has under it."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis."):
            module = importlib.import_module(node.module)
            for each in node.names:
                found[each.asname or each.name] = getattr(module, each.name, None)
    return found


def chain(node):
    """``a.b.c`` as its parts; empty if it does not begin with a name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return [node.id, *parts] if isinstance(node, ast.Name) else []


def unscoped(source):
    """Members of enumerations that are named without their enumeration."""
    tree = ast.parse(source)
    known, found = imported(tree), []
    for node in ast.walk(tree):
        parts = chain(node)
        if len(parts) < 2 or known.get(parts[0]) is None:
            continue
        owner = value = known[parts[0]]
        for part in parts[1:]:
            owner, value = value, getattr(value, part, None)
        kind = type(value)
        member = isinstance(value, (int, Enum)) and kind not in (int, bool)
        if isinstance(owner, type) and member and owner is not kind:
            found.append(".".join(parts))
    return found


def removed(source):
    return [n.attr for n in ast.walk(ast.parse(source)) if getattr(n, "attr", "") in GONE]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_member_is_named_with_its_enumeration(qgis_app, path):
    source = path.read_text(encoding="utf-8")
    assert unscoped(source) == [] and removed(source) == []
    assert "PyQt5" not in source or path == Path(__file__).resolve()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("QProcess.Running", ["QProcess.Running"]),
        ("QProcess.ProcessState.Running", []),
        ("QgsWkbTypes.PolygonGeometry", ["QgsWkbTypes.PolygonGeometry"]),
        ("QgsWkbTypes.GeometryType.PolygonGeometry", []),
        ("QgsProcessing.TypeRaster", ["QgsProcessing.TypeRaster"]),
    ],
)
def test_the_check_finds_what_it_looks_for(qgis_app, line, found):
    names = (
        "from qgis.core import QgsProcessing, QgsWkbTypes\nfrom qgis.PyQt.QtCore import QProcess\n"
    )
    assert unscoped(names + line) == found
    assert removed("dialog.exec_()") == ["exec_"]
