# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests: one file and one line each; ``engine/jobs/<name>.py`` does the work."""

from __future__ import annotations

import json
from typing import Any

from ..errors import InvalidRequest
from ..registry import Entry, Registry
from .base import SCHEMA, Job

JOBS = Registry(
    __name__,
    {
        "setupruntime": Entry("Set up the runtime", "setupruntime:SetupRuntime"),
        "doctor": Entry("Check the runtime", "doctor:Doctor"),
        "createsampledata": Entry("Create sample data", "createsampledata:CreateSampleData"),
        "trainmodel": Entry("Train a model", "trainmodel:TrainModel"),
        "importmodel": Entry("Import a model", "importmodel:ImportModel"),
        "describemodel": Entry("Describe a model", "describemodel:DescribeModel"),
        "evaluatemodel": Entry("Evaluate a model", "evaluatemodel:EvaluateModel"),
        "exportonnx": Entry("Export a model to ONNX", "exportonnx:ExportOnnx"),
        "tensorboard": Entry("TensorBoard", "tensorboard:TensorBoard"),
        "classifyraster": Entry("Classify a raster", "classifyraster:ClassifyRaster"),
        "classifysentinel2": Entry(
            "Classify a Sentinel-2 scene", "classifysentinel2:ClassifySentinel2"
        ),
        "classifytiles": Entry("Classify many tiles", "classifytiles:ClassifyTiles"),
        "derivelayers": Entry("Derive layers", "derivelayers:DeriveLayers"),
        "indexbigearthnet": Entry(
            "Index a BigEarthNet archive", "indexbigearthnet:IndexBigEarthNet"
        ),
        "validatepatches": Entry("Validate patches", "validatepatches:ValidatePatches"),
        "relabelbigearthnet": Entry(
            "Relabel a BigEarthNet v1 archive", "relabelbigearthnet:RelabelBigEarthNet"
        ),
        "exportdataset": Entry("Export a dataset", "exportdataset:ExportDataset"),
        "convertdataset": Entry("Convert a dataset", "convertdataset:ConvertDataset"),
        "describedataset": Entry("Describe a dataset", "describedataset:DescribeDataset"),
        "exportchips": Entry("Export chips", "exportchips:ExportChips"),
        "combinegedi": Entry("Combine GEDI granules", "combinegedi:CombineGedi"),
        "subsetgedi": Entry("Subset GEDI footprints", "subsetgedi:SubsetGedi"),
        "extractgedi": Entry("Extract windows around GEDI footprints", "extractgedi:ExtractGedi"),
        "fusehdf5": Entry("Fuse HDF5 files", "fusehdf5:FuseHdf5"),
        "buildgedidataset": Entry(
            "Build a GEDI biomass dataset", "buildgedidataset:BuildGediDataset"
        ),
        "fetchscene": Entry("Fetch a scene", "fetchscene:FetchScene"),
    },
)


def read_job(text: str) -> Job:
    """Read and validate a ``job.json``.

    Raises:
        InvalidRequest: It is no JSON, of another schema, or no valid request.
    """
    try:
        envelope: Any = json.loads(text)
    except ValueError as error:
        raise InvalidRequest(f"The job is no JSON: {error}.", "Write it again.") from error
    if not isinstance(envelope, dict) or set(envelope) != {"schema", "job", "request"}:
        raise InvalidRequest(
            "The job has not exactly the keys schema, job and request.", "Write it again."
        )
    if envelope["schema"] != SCHEMA:
        raise InvalidRequest(
            f"The job has schema {envelope['schema']!r}.", f"This worker reads schema {SCHEMA}."
        )
    if not isinstance(envelope["request"], dict):
        raise InvalidRequest("The job's request is no object.", "Write it again.")
    job: Job = JOBS.load(envelope["job"]).from_fields(envelope["request"])
    job.validate()
    return job
