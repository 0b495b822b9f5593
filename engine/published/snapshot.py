# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds a published model: a folder of it, or its id on Hugging Face."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional

from numpy.typing import NDArray

from ..contract.errors import InvalidRequest, MissingInput, MissingPackage, UnreachableStorage
from ..contract.errors import UnreadableModel as _Unreadable
from .bigearthnet import CLASSES, SIDE_PX
from .safetensors import read_safetensors

CONFIG, WEIGHTS = "config.json", "model.safetensors"
_INDEX = ".index"
_PREFIXES = ("model.vision_encoder.", "vision_encoder.")
_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w./-]+)?")
_CACHED = re.compile(r"models--(.+)--(.+)")
_LICENCE = re.compile(r"^license:\s*[\"']?([\w.+-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Snapshot:
    """A published model's files.

    Args:
        folder: Where they lie.
        name: Its id, or the folder's name.
        revision: Commit of the files; empty for a folder.
    """

    folder: Path
    name: str
    revision: str = ""

    def config(self) -> Dict[str, Any]:
        """The configuration that its network is built from.

        Raises:
            MissingInput: The folder holds none.
            UnreadableModel: It is damaged, or of another kind of model.
        """
        content = _read_json(self.folder / CONFIG)
        nested = content.get("config")
        plain = {**content, **nested} if isinstance(nested, dict) else content
        said = {key: plain.get(key) for key in ("timm_model_name", "channels", "classes")}
        if not isinstance(said["timm_model_name"], str) or not isinstance(said["channels"], int):
            raise _Unreadable(
                f"{self.folder / CONFIG} does not say timm_model_name and channels.",
                "Give a model of BIFOLD-BigEarthNetv2-0, such as resnet50-s2-v0.2.0.",
            )
        if said["classes"] != CLASSES or plain.get("network_type", 0) != 0:
            raise _Unreadable(
                f"{self.folder / CONFIG} says {said['classes']} classes and network type "
                f"{plain.get('network_type', 0)}.",
                f"Coverloom knows those with {CLASSES} classes and type 0.",
            )
        if plain.get("image_size", SIDE_PX) != SIDE_PX:
            raise _Unreadable(
                f"{self.folder / CONFIG} says images of {plain['image_size']} px.",
                f"Coverloom knows those of {SIDE_PX} px.",
            )
        return plain

    def weights(self) -> Dict[str, NDArray[Any]]:
        """The network's tensors under its own names, in the shapes of PyTorch.

        Raises:
            MissingInput: The folder holds no safetensors file.
            UnreadableModel: It is damaged, or holds another model's tensors.
        """
        path = self.folder / WEIGHTS
        if not path.is_file():
            others = sorted(p.name for p in self.folder.glob("*.bin"))
            pickled = f" {others[0]} is a pickle, which can run code." if others else ""
            raise MissingInput(f"{self.folder} holds no {WEIGHTS}.{pickled}", "Download that file.")
        tensors = read_safetensors(path)
        for prefix in _PREFIXES:
            found = {n[len(prefix) :]: t for n, t in tensors.items() if n.startswith(prefix)}
            if found:
                return found
        raise _Unreadable(
            f"{path} holds no tensor {_PREFIXES[0]}…; the first is {min(tensors, default='none')}.",
            "Give a model of BIFOLD-BigEarthNetv2-0.",
        )

    def sha256(self) -> str:
        """Hash of the weights file."""
        with (self.folder / WEIGHTS).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def licence(self) -> str:
        """What the model's page says of its licence; empty if nothing."""
        page = self.folder / "README.md"
        text = page.read_text(encoding="utf-8", errors="replace")[:4000] if page.is_file() else ""
        found = _LICENCE.search(text)
        return found[1] if found else ""


def is_published(source: str) -> bool:
    """Whether INPUT names a published model: a folder, a file of one, or an id."""
    path = Path(source)
    if path.exists():
        return path.is_dir() or path.name in (CONFIG, WEIGHTS) or path.suffix == _INDEX
    return bool(_ID.fullmatch(source)) and path.suffix != ".onnx"


def find_checkpoint(source: str) -> Optional[Path]:
    """The ``.index`` file of a TensorFlow checkpoint that INPUT names; None if it names none.

    Raises:
        InvalidRequest: A folder holds several.
    """
    path = Path(source)
    if path.suffix == _INDEX:
        return path
    found = sorted(path.glob(f"*{_INDEX}")) if path.is_dir() else []
    if len(found) > 1 and not (path / CONFIG).exists():
        raise InvalidRequest(
            f"{path} holds several checkpoints: {', '.join(p.name for p in found[:5])}.",
            "Give the .index file of the one that is wanted.",
        )
    return found[0] if found and not (path / CONFIG).exists() else None


def find_snapshot(source: str) -> Snapshot:
    """Take a folder as it is; download an id.

    Raises:
        MissingPackage: huggingface_hub is not installed.
        UnreachableStorage: Hugging Face does not answer.
        MissingInput: It has no such model.
    """
    folder = Path(source)
    if folder.name in (CONFIG, WEIGHTS) and folder.is_file():
        folder = folder.parent
    if not folder.is_dir():
        return _download(source)
    folder = folder.resolve()
    for place in (folder, *folder.parents[:2]):
        cached = _CACHED.fullmatch(place.name)  # where huggingface_hub keeps what it downloads
        if cached:
            return Snapshot(folder, f"{cached[1]}/{cached[2]}", folder.name)
    return Snapshot(folder, folder.name)


def _download(source: str) -> Snapshot:
    """Get the configuration, the weights and the page of one commit; never a pickle."""
    try:
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
        from huggingface_hub.errors import RevisionNotFoundError as NoRevision
    except ImportError as error:
        raise MissingPackage(
            "huggingface_hub is not installed in the worker's environment.",
            f"Run 'Set up the runtime' with the tier import, or download {CONFIG} and {WEIGHTS} "
            f"of {source} into one folder and give that, with VERSION.",
        ) from error
    name, _, revision = source.partition("@")
    try:
        commit = huggingface_hub.HfApi().model_info(name, revision=revision or None).sha
        folder = huggingface_hub.snapshot_download(
            name, revision=commit, allow_patterns=[CONFIG, WEIGHTS, "README.md"]
        )
    except (RepositoryNotFoundError, NoRevision) as error:
        raise MissingInput(
            f"Hugging Face has no model {source}.", "Check its id and its revision."
        ) from error
    except (HfHubHTTPError, OSError, RuntimeError) as error:
        raise UnreachableStorage(
            f"{source} cannot be downloaded: {' '.join(str(error).split())[:200]}.",
            "Try again, or download its files into a folder and give that.",
        ) from error
    if not commit:
        raise InvalidRequest(f"{source} has no commit.", "Give its files as a folder.")
    return Snapshot(Path(folder), name, commit)


def _read_json(path: Path) -> Dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingInput(
            f"{path.parent} holds no {path.name}.", "Give the folder of a published model."
        ) from error
    except (OSError, ValueError) as error:
        raise _Unreadable(f"{path} is no JSON: {error}.", "Download it again.") from error
    if not isinstance(content, dict):
        raise _Unreadable(f"{path} is no JSON object.", "Download it again.")
    return content
