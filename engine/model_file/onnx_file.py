# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an ONNX file without trusting it: its weights may lie only in its own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List

import onnx
from google.protobuf.message import DecodeError, Message

from ..contract.errors import MissingInput, UnreadableModel


def load_proto(path: str | Path) -> onnx.ModelProto:
    """Parse an ONNX file; weights kept in other files stay there.

    Raises:
        MissingInput: There is no such file.
        UnreadableModel: It is damaged, empty, or names weights outside its folder.
    """
    path = Path(path)
    proto = onnx.ModelProto()
    try:
        proto.ParseFromString(path.read_bytes())
    except FileNotFoundError as error:
        raise MissingInput(f"There is no model file {path}.", "Give its path.") from error
    except (OSError, DecodeError) as error:
        raise UnreadableModel(
            f"{path} cannot be read as ONNX: {error}.", "Copy or export the model again."
        ) from error
    if not proto.graph.node or not proto.graph.output:
        raise UnreadableModel(
            f"{path} holds no ONNX graph; it may have been cut short.",
            "Copy or export the model again.",
        )
    external_files(proto, path)
    return proto


def load_whole(path: str | Path) -> onnx.ModelProto:
    """Parse an ONNX file and draw the weights from the files beside it, so that one file holds all.

    Raises:
        MissingInput, UnreadableModel: As ``load_proto``; or a weights file is missing or short.
    """
    proto = load_proto(path)
    outside = [t for t in _tensors(proto) if t.data_location == onnx.TensorProto.EXTERNAL]
    try:
        onnx.load_external_data_for_model(proto, str(Path(path).parent))
        for tensor in outside:
            onnx.numpy_helper.to_array(tensor)  # raises if the file was too short
    except (OSError, ValueError, onnx.checker.ValidationError) as error:
        raise UnreadableModel(
            f"The weights beside {path} cannot be read: {error}.", "Copy them again."
        ) from error
    return proto


def external_files(proto: onnx.ModelProto, path: Path) -> List[Path]:
    """The files that hold weights for the model, each inside the model's folder.

    Raises:
        UnreadableModel: One lies elsewhere: a model could otherwise read any file of the user's.
    """
    folder = path.parent.resolve()
    found = []
    for tensor in _tensors(proto):
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        locations = [entry.value for entry in tensor.external_data if entry.key == "location"]
        for location in locations:
            # resolve() follows links, so a link that leaves the folder is refused as well.
            target = (folder / location).resolve()
            if Path(location).is_absolute() or folder not in target.parents:
                raise UnreadableModel(
                    f"{path} keeps weights in {location!r}, outside its own folder.",
                    "Get the model as a single file, or with its weights beside it.",
                )
            found.append(target)
    return sorted(set(found))


def _tensors(message: Message) -> Iterator[onnx.TensorProto]:
    """Every tensor at any depth of a message: weights, constants, subgraphs, functions."""
    if isinstance(message, onnx.TensorProto):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        children: Any = [value] if isinstance(value, Message) else value
        for child in children:
            yield from _tensors(child)
