# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of published models with random weights.

Where huggingface_hub, torch and timm are installed, one test has them write one of their own.
"""

from __future__ import annotations

import json

import pytest
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.contract.jobs.importmodel import ImportModel
from coverloom.engine.jobs import importmodel
from coverloom.engine.model_file import read_model
from coverloom.tests.data.make_published import CONFIG, PREFIX, resnet_state, write_safetensors


@pytest.fixture
def snapshot(tmp_path):
    """Writes a snapshot's folder and returns its path: ``snapshot(name, state, **config)``."""

    def write(name="resnet18-s2-v0.2.0", state=None, **config):
        folder = tmp_path / name
        folder.mkdir()
        content = {**CONFIG, **config}
        (folder / "config.json").write_text(json.dumps(content, indent=2, sort_keys=True))
        if state is None:
            state = resnet_state(channels=content["channels"])
        write_safetensors(
            folder / "model.safetensors", {PREFIX + key: value for key, value in state.items()}
        )
        (folder / "README.md").write_text("---\nlicense: mit\ntags: [resnet]\n---\n# Model\n")
        return folder

    return write


@pytest.fixture
def take_in(tmp_path):
    """Runs the job on a folder or id; returns (path, card)."""

    def run(source, **fields):
        target = tmp_path / "out" / "model.onnx"
        request = ImportModel(str(source), str(target), **fields)
        target.unlink(missing_ok=True)
        try:
            outputs = importmodel.run(read_job(request.to_json()), lambda event: None)
        except Exception:
            assert not target.exists()
            raise
        assert outputs == {"MODEL": str(target)}
        return str(target), read_model(target).card

    return run
