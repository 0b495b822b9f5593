# SPDX-License-Identifier: GPL-3.0-or-later
"""The algorithms: one file and one line each. Ids never change after a release."""

from ...engine.contract.registry import Entry, Registry

ALGORITHMS = Registry(
    __name__,
    {
        "setupruntime": Entry("Set up the runtime", "runtime.setupruntime:SetupRuntime"),
        "doctor": Entry("Doctor", "runtime.doctor:Doctor"),
        "createsampledata": Entry(
            "Create sample data", "runtime.createsampledata:CreateSampleData"
        ),
        "indexbigearthnet": Entry(
            "Index a BigEarthNet archive", "datasets.indexbigearthnet:IndexBigEarthNet"
        ),
        "validatepatches": Entry("Validate patches", "datasets.validatepatches:ValidatePatches"),
        "relabelbigearthnet": Entry(
            "Relabel a BigEarthNet v1 archive", "datasets.relabelbigearthnet:RelabelBigEarthNet"
        ),
        "exportdataset": Entry("Export a dataset", "datasets.exportdataset:ExportDataset"),
        "exportchips": Entry("Export chips", "datasets.exportchips:ExportChips"),
        "convertdataset": Entry("Convert a dataset", "datasets.convertdataset:ConvertDataset"),
        "describedataset": Entry("Describe a dataset", "datasets.describedataset:DescribeDataset"),
        "combinegedi": Entry("Combine GEDI granules", "gedi.combinegedi:CombineGedi"),
        "subsetgedi": Entry("Subset GEDI footprints", "gedi.subsetgedi:SubsetGedi"),
        "extractgedi": Entry(
            "Extract windows around GEDI footprints", "gedi.extractgedi:ExtractGedi"
        ),
        "fusehdf5": Entry("Fuse HDF5 files", "gedi.fusehdf5:FuseHdf5"),
        "buildgedidataset": Entry(
            "Build a GEDI biomass dataset", "gedi.buildgedidataset:BuildGediDataset"
        ),
        "fetchscene": Entry("Fetch a scene", "gedi.fetchscene:FetchScene"),
        "trainmodel": Entry("Train a model", "models.trainmodel:TrainModel"),
        "importmodel": Entry("Import a model", "models.importmodel:ImportModel"),
        "describemodel": Entry("Describe a model", "models.describemodel:DescribeModel"),
        "evaluatemodel": Entry("Evaluate a model", "models.evaluatemodel:EvaluateModel"),
        "exportonnx": Entry("Export a model to ONNX", "models.exportonnx:ExportOnnx"),
        "tensorboard": Entry("TensorBoard", "models.tensorboard:TensorBoard"),
        "classifyraster": Entry("Classify a raster", "maps.classifyraster:ClassifyRaster"),
        "classifysentinel2": Entry(
            "Classify a Sentinel-2 scene", "maps.classify_sentinel2:ClassifySentinel2"
        ),
        "classifytiles": Entry("Classify many tiles", "maps.classify_tiles:ClassifyTiles"),
        "derivelayers": Entry("Derive layers", "maps.derivelayers:DeriveLayers"),
    },
)
