# SPDX-License-Identifier: GPL-3.0-or-later
"""A STAC item beside a model file, in the words of the Machine Learning Model extension (MLM)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List, Optional

import pystac

from ..core.band import Band
from ..core.card import ModelCard

MLM = "https://stac-extensions.github.io/mlm/v1.4.0/schema.json"
_CLASSES = "https://stac-extensions.github.io/classification/v2.0.0/schema.json"
_TASKS = {"pixel": "semantic-segmentation", "patch": "scene-classification"}


def model_item(
    card: ModelCard, path: Path, made: datetime, facts: Dict[str, Any]
) -> Dict[str, Any]:
    """Describe a model file as a STAC item.

    Args:
        card: Its card.
        path: The model file; the item lies beside it.
        made: When it was made, with its time zone.
        facts: ``parameters`` (count), ``size`` (bytes), ``opset``.

    Returns:
        The item's JSON form. It has no footprint: a model is of no place.
    """
    extensions = [MLM, _CLASSES] if card.target is None else [MLM]
    item = pystac.Item(
        id=path.stem, geometry=None, bbox=None, datetime=made, stac_extensions=extensions,
        properties={
            "title": card.name,
            "mlm:name": card.name,
            "mlm:architecture": str(card.provenance.get("architecture", "unknown")),
            "mlm:tasks": [_task(card)],
            "mlm:framework": "ONNX",
            "mlm:framework_version": f"opset {facts['opset']}",
            "mlm:total_parameters": facts["parameters"],
            "mlm:accelerator_constrained": False,
            "mlm:input": [_input(card)],
            "mlm:output": [_output(card)],
        },
    )  # fmt: skip
    asset = pystac.Asset(
        f"./{path.name}", card.name, media_type="application/octet-stream; framework=onnx",
        roles=["mlm:model"],
        extra_fields={"mlm:artifact_type": "onnx", "file:size": facts["size"]},
    )  # fmt: skip
    item.add_asset("model", asset)
    described: Dict[str, Any] = item.to_dict(include_self_link=False, transform_hrefs=False)
    return described


def _task(card: ModelCard) -> str:
    return _TASKS[card.task] if card.target is None else "regression"


def _input(card: ModelCard) -> Dict[str, Any]:
    height, width = card.patch if card.patch and not card.dynamic_space else (None, None)
    return {
        "name": "image",
        "bands": card.band_names,
        "input": _array(card, len(card.bands), height, width),
        "value_scaling": [_scaling(band) for band in card.bands],
        "resize_type": None,
    }


def _scaling(band: Band) -> Dict[str, Any]:
    """Mean and deviation of stored numbers."""
    return {
        "type": "z-score",
        "mean": (band.mean - band.offset) / band.scale,
        "stddev": band.std / band.scale,
    }


def _output(card: ModelCard) -> Dict[str, Any]:
    height, width = card.patch if card.patch and not card.dynamic_space else (None, None)
    result = _array(card, card.channels, height, width)
    if card.task == "patch":
        result = {
            "shape": [result["shape"][0], card.channels],
            "dim_order": ["batch", "class" if card.target is None else "channel"],
            "data_type": "float32",
        }
    named: Dict[str, Any] = {"name": card.output, "tasks": [_task(card)], "result": result}
    if card.target is not None:
        return {**named, "name": card.target.name, "description": f"in {card.target.unit}"}
    return {
        **named,
        "classification:classes": [
            {"value": c.id, "name": c.name, "color_hint": "{:02X}{:02X}{:02X}".format(*c.colour)}
            for c in card.classes.classes
        ],
    }


def _array(
    card: ModelCard, channels: int, height: Optional[int], width: Optional[int]
) -> Dict[str, Any]:
    """Shape, order and type of windows; -1 for a side of any length."""
    batch = -1 if card.dynamic_batch else 1
    space = [height or -1, width or -1]
    last = card.layout == "NHWC"
    shape: List[int] = [batch, *space, channels] if last else [batch, channels, *space]
    order = ["height", "width", "channel"] if last else ["channel", "height", "width"]
    return {"shape": shape, "dim_order": ["batch", *order], "data_type": "float32"}
