# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a ``.keras`` file without running code that it brings."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, Optional

from ..contract.errors import MissingInput, MissingPackage, UnreadableModel
from ..core.card import ModelCard

if TYPE_CHECKING:
    import keras

CARD_MEMBER = "coverloom.json"
_CONFIG = "config.json"
_OURS = ("keras", "keras_hub")
_PLAIN = (
    "function",
    "tuple",
    "list",
    "dict",
    "set",
    "slice",
)  # of "builtins", as Keras writes them
# A member packed by another tool fails in zlib. A flipped bit can call one encrypted, which is a
# RuntimeError, as NotImplementedError (an unknown packing) is.
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)


def read_keras(path: str | Path) -> keras.Model:
    """Load a network.

    Raises:
        MissingInput: There is no such file.
        UnreadableModel: It is cut or damaged, or holds code: Lambda layers, or layers from
            elsewhere.
        MissingPackage: Keras is not installed.
    """
    _check(Path(path))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        import keras
    except ImportError as error:
        raise MissingPackage(
            "Keras is not installed in the worker's environment.",
            "Run 'Set up the runtime' with the tier train-cpu or train-gpu.",
        ) from error
    try:
        model: keras.Model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever the damage causes
        raise UnreadableModel(
            f"{path} cannot be loaded by Keras {keras.__version__}: {_short(error)}.",
            "Save it again with this version, or export it there.",
        ) from error
    return model


def card_inside(path: str | Path) -> Optional[ModelCard]:
    """The card that a training put into the file; None if there is none.

    Raises:
        MissingInput, UnreadableModel: As ``read_keras``.
        InvalidCard: It cannot be used.
    """
    _check(Path(path))
    with zipfile.ZipFile(path) as archive:
        if CARD_MEMBER not in archive.namelist():
            return None
        return ModelCard.from_json(archive.read(CARD_MEMBER).decode("utf-8", "replace"))


def _check(path: Path) -> None:
    if not path.is_file():
        raise MissingInput(f"There is no Keras file {path}.", "Give its path.")
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            config = json.loads(archive.read(_CONFIG))
    except (*_DAMAGED, KeyError, ValueError) as error:
        raise UnreadableModel(
            f"{path} is no whole .keras file: {_short(error)}.", "Copy or save it again."
        ) from error
    if damaged:
        raise UnreadableModel(f"{path} is damaged in {damaged}.", "Copy or save it again.")
    for layer in _objects(config):
        _refuse_code(path, layer)


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    """Every object of a configuration that names a class."""
    if isinstance(content, dict):
        if "class_name" in content:
            yield content
        for value in content.values():
            yield from _objects(value)
    elif isinstance(content, list):
        for value in content:
            yield from _objects(value)


def _refuse_code(path: Path, layer: dict[str, Any]) -> None:
    kind, module = str(layer["class_name"]), str(layer.get("module") or "")
    if kind.split(">")[-1] in ("Lambda", "__lambda__"):
        config = layer.get("config")
        name = config.get("name") if isinstance(config, dict) else None
        raise UnreadableModel(
            f"{path} holds a Lambda layer{f' ({name})' if name else ''}, which is code.",
            "Build the network of Keras's own layers and save it again.",
        )
    plain = module == "builtins" and kind in _PLAIN
    # Whatever name it is registered under: an unknown one makes Keras import the module.
    if not plain and module.split(".")[0] not in ("", *_OURS):
        raise UnreadableModel(
            f"{path} takes {kind} from {module}, which is code from elsewhere.",
            "Build the network of Keras's own layers and save it again.",
        )


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return (text[:200] or type(error).__name__).rstrip(".")
