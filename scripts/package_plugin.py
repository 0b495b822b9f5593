# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs the committed plugin into ``dist/coverloom-<version>.zip`` and scans it.

The scan is the plugin site's: bandit, detect-secrets and flake8 on the unpacked zip. A finding, or
a zip that the site would refuse, ends this with status 1, and the zip does not get its name.
"""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import List

ROOT = Path(__file__).resolve().parents[1]
PLACEHOLDER = "@example."
LIMIT_BYTES = 25_000_000
NEEDED = ("LICENSE", "metadata.txt", "__init__.py")
REQUIRED_FIELDS = (
    "name description version qgisMinimumVersion author email about tracker repository"
)
REFUSED = re.compile(r"__pycache__|\.pyc$|\.git/|__MACOSX|\.(so|dll|dylib|exe|sh|bat|cmd|ps1)$")
# ruff format writes a[i : j], as PEP 8 has it; flake8's E203 does not know that.
FLAKE8 = ["--max-line-length=120", "--extend-ignore=E203,E704,QGS"]


def main() -> int:
    """Pack, check, scan; then give the zip its name."""
    metadata = read_metadata()
    version = metadata["version"]
    if PLACEHOLDER in metadata["email"]:
        print("Note: the e-mail and addresses in metadata.txt are placeholders; the plugin site")
        print("wants ones that answer.")
    final = ROOT / "dist" / f"coverloom-{version}.zip"
    final.parent.mkdir(exist_ok=True)
    if git("status", "--porcelain").strip():
        print("Note: what is not committed is not in the zip.")
    with tempfile.TemporaryDirectory(dir=final.parent) as temporary:
        packed = Path(temporary) / final.name
        git("archive", "--worktree-attributes", "--prefix=coverloom/", f"--output={packed}", "HEAD")
        problems = check_names(packed)
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(temporary)
        problems += scan(Path(temporary) / "coverloom")
        for problem in problems:
            print(problem)
        if problems:
            print(f"{len(problems)} findings; {final.name} was not made.")
            return 1
        shutil.move(packed, final)
    print(f"{final} ({final.stat().st_size / 1e6:.2f} MB), no findings.")
    return 0


def read_metadata() -> configparser.SectionProxy:
    """The plugin's metadata, with the fields that the site requires."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    fields = parser["general"]
    missing = [name for name in REQUIRED_FIELDS.split() if not fields.get(name)]
    if missing:
        sys.exit(f"metadata.txt lacks {', '.join(missing)}.")
    return fields


def check_names(packed: Path) -> List[str]:
    """What the site refuses before it scans."""
    with zipfile.ZipFile(packed) as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in entries}
    problems = [f"{name} is missing" for name in NEEDED if f"coverloom/{name}" not in names]
    problems += [f"{name} must not be in the zip" for name in sorted(names) if REFUSED.search(name)]
    for entry in entries:
        if entry.filename.endswith(".py") and (entry.external_attr >> 16) & 0o111:
            problems.append(f"{entry.filename} is executable")
    if packed.stat().st_size > LIMIT_BYTES:
        problems.append(f"The zip has {packed.stat().st_size} bytes, more than {LIMIT_BYTES}")
    return problems


def scan(folder: Path) -> List[str]:
    """Findings of the three scanners, a line each."""
    bandit = json.loads(tool("bandit", "--quiet", "--recursive", ".", "--format=json", cwd=folder))
    findings = [
        f"bandit {f['test_id']} {f['filename']}:{f['line_number']} {f['issue_text']}"
        for f in bandit["results"]
    ]
    findings += [f"bandit cannot read {e['filename']}: {e['reason']}" for e in bandit["errors"]]
    arguments = ["scan", "--all-files", "--exclude-files", r"metadata\.txt"]
    secrets = json.loads(tool("detect_secrets", *arguments, cwd=folder))
    findings += [
        f"detect-secrets {f['type']} {name}:{f['line_number']}"
        for name, found in secrets["results"].items()
        for f in found
    ]
    flake8 = tool("flake8", *FLAKE8, "--isolated", ".", cwd=folder)
    return findings + [f"flake8 {line}" for line in flake8.splitlines()]


def tool(name: str, *arguments: str, cwd: Path) -> str:
    """What a scanner prints; its status says only whether it found something."""
    command = [sys.executable, "-m", name, *arguments]
    done = subprocess.run(  # noqa: S603
        command, cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{name} failed with status {done.returncode}: {done.stderr}")
    return done.stdout


def git(*arguments: str) -> str:
    """Run git in the checkout."""
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(  # noqa: S603
        command, check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
