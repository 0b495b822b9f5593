# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings ``resources/i18n/coverloom_*.ts`` up to the texts of the plugin, and makes the ``.qm``.

Texts that are new are added without a translation, for Qt Linguist; those that are gone are taken
out. Needs ``lrelease`` (Debian: qttools5-dev-tools). ``pylupdate`` would not do: the help is JSON,
and all texts are of one context.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from shutil import which
from typing import Dict, List, Set

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "i18n"
SOURCES = ("plugin", "processing_provider")
CONTEXT = "Coverloom"
_PROGRESS = ("Progress", "ProgressMeter")  # their last argument, or "text", is it
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'


def main() -> None:
    """Update every language."""
    program = which("lrelease")
    if program is None:
        sys.exit("There is no lrelease. Install Qt's tools (Debian: qttools5-dev-tools).")
    wanted = [*in_code(), *in_help(), *in_progress()]
    for path in sorted(FOLDER.glob("coverloom_*.ts")):
        known = read(path)
        write(path, {text: known.get(text, "") for text in dict.fromkeys(wanted)})
        target = str(path.with_suffix(".qm"))
        subprocess.run([program, "-silent", str(path), "-qm", target], check=True)  # noqa: S603
        done = sum(bool(known.get(text)) for text in set(wanted))
        print(f"{path.name}: {done} of {len(set(wanted))} texts are translated.")


def in_code() -> List[str]:
    """The texts in ``tr("…")``."""
    found: Dict[str, None] = {}
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr":
                    text = node.args[0]
                    if isinstance(text, ast.Constant):  # the others are the help's
                        found[text.value] = None
    return list(found)


def in_help() -> List[str]:
    """The texts of the help, each algorithm's short one first."""
    found: Dict[str, None] = {}
    for path in sorted((ROOT / "resources" / "help").glob("*.json")):
        texts = json.loads(path.read_text(encoding="utf-8"))
        every = [texts["short"], texts["description"]]
        every += [*texts["parameters"].values(), *texts["outputs"].values()]
        found.update(dict.fromkeys(every))
    return list(found)


def in_progress() -> List[str]:
    """What the worker says it is doing, where that is a fixed text."""
    found: Dict[str, None] = {}
    for path in sorted((ROOT / "engine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _PROGRESS:
                named = [each.value for each in node.keywords if each.arg == "text"]
                text = (named or node.args or [None])[-1]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found[text.value] = None
    return list(found)


def short_ones() -> Set[str]:
    """What lists show of an algorithm."""
    paths = (ROOT / "resources" / "help").glob("*.json")
    return {json.loads(path.read_text(encoding="utf-8"))["short"] for path in paths}


def read(path: Path) -> Dict[str, str]:
    """Text to its translation; empty where there is none yet."""
    messages = ET.parse(path).iter("message")  # noqa: S314
    return {each.findtext("source") or "": each.findtext("translation") or "" for each in messages}


def write(path: Path, translations: Dict[str, str]) -> None:
    """Write them as Qt Linguist does, in the order of the texts."""
    language = path.stem.partition("_")[2]
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text in sorted(translations):
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        translation = ET.SubElement(message, "translation")
        if translations[text]:
            translation.text = translations[text]
        else:
            translation.set("type", "unfinished")
    ET.indent(root, " ")
    path.write_text(_HEAD + ET.tostring(root, encoding="unicode") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
