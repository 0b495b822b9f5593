# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that may take hours see first, before any input, that their outputs can be written."""

from __future__ import annotations

from importlib import import_module

import pytest
from coverloom.engine.contract.errors import UnwritablePath
from coverloom.engine.contract.jobs import JOBS

OUTPUTS = {
    "indexbigearthnet": ({"root": "none"}, {"output": "parquet", "footprints": "gpkg"}),
    "validatepatches": ({"index": "none.parquet"}, {"output": "json"}),
    "describedataset": (
        {"input": "none"}, {"output": "html", "footprints": "gpkg", "statistics": "json"},
    ),
    "evaluatemodel": (
        {"model": "none.onnx", "dataset": "none"}, {"report": "html", "metrics": "json"},
    ),
    "combinegedi": ({"input": ("none.h5",)}, {"train": "csv", "test": "csv"}),
    "fetchscene": (
        {"catalog": "none", "extent": (0, 0, 1, 1), "start": "2021-06-01", "end": "2021-06-02"},
        {"output": "tif"},
    ),
}  # fmt: skip
CASES = [(name, output) for name, (_, outputs) in OUTPUTS.items() for output in outputs]


@pytest.mark.parametrize(("name", "wrong"), CASES)
def test_an_output_that_cannot_be_written_is_told_first(tmp_path, name, wrong):
    inputs, outputs = OUTPUTS[name]
    (tmp_path / "file").touch()
    fields = {key: str(tmp_path / f"{key}.{suffix}") for key, suffix in outputs.items()}
    fields[wrong] = str(tmp_path / "file" / f"{wrong}.{outputs[wrong]}")
    request = JOBS.load(name)(**inputs, **fields)
    with pytest.raises(UnwritablePath, match=r"file.*cannot be written"):
        import_module(f"coverloom.engine.jobs.{name}").run(request, lambda event: None)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
