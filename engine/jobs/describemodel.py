# SPDX-License-Identifier: GPL-3.0-or-later
"""Show what a model file says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

from ..contract.errors import OutputIsInput
from ..contract.events import Emit, Message
from ..contract.jobs.describemodel import DescribeModel
from ..core.files import Staging, write_json
from ..model_file import read_model
from ..reports.model_page import model_page


def run(request: DescribeModel, emit: Emit) -> Dict[str, Any]:
    """Write the page and the JSON card that were asked for and return their paths.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    model = read_model(request.model)
    asked = {"REPORT": request.report, "CARD": request.card}
    outputs = {key: path for key, path in asked.items() if path}
    for path in outputs.values():
        if Path(path).absolute() == model.path:
            raise OutputIsInput(f"{path} is the model itself.", "Give another path.")
    facts = {
        "file": model.path.name,
        "size_mb": round(sum(p.stat().st_size for p in (model.path, *model.weights)) / 1e6, 2),
        "sha256": model.sha256,
        "opset": model.graph.opset,
        "input": _axes(model.graph.input.shape) + f" {model.graph.input.dtype}",
        "output": _axes(model.graph.output.shape) + f" {model.graph.output.dtype}",
    }
    with Staging() as staging:
        if request.report:
            page = staging.path(request.report)
            page.write_text(model_page(model.card, facts), encoding="utf-8")
        if request.card:
            write_json(staging.path(request.card), model.card.to_dict())
        staging.publish()
    target = model.card.target
    gives = model.card.classes.names if target is None else [target.name, target.unit]
    emit(Message(f"{model.card.name}: {', '.join(gives)}"))
    return outputs


def _axes(shape: tuple[int | None, ...]) -> str:
    return " x ".join("any" if size is None else str(size) for size in shape)
