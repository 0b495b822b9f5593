# SPDX-License-Identifier: GPL-3.0-or-later
"""What dialogs show for the strings that a choice may be.

The strings alone are what models, scripts and requests hold; a string without a line here is shown
as it is.
"""

from __future__ import annotations

from typing import Dict

from .translation import tr


def labels_of(key: str) -> Dict[str, str]:
    """String to what the dialog shows for it, of the parameter ``key`` of any algorithm."""
    return {**_of_maps(), **_of_datasets(), **_of_footprints(), **_of_training()}.get(key, {})


def _of_maps() -> Dict[str, Dict[str, str]]:
    auto = tr("Automatic")
    return {
        "DEVICE": {"auto": auto, "cpu": tr("Processor"), "cuda": tr("NVIDIA GPU")},
        "LAYER_TYPE": {"float32": tr("Numbers of 32 bits"), "byte": tr("Scaled to 0..254")},
        "PRECISION": {
            "exact": tr("Exact, in 32 bits"),
            "fast": tr("Fast, in 16 bits where the device can"),
            "float32": tr("32 bits"),
            "float16": tr("16 bits"),
            "int8": tr("Whole numbers of 8 bits"),
        },
        "PATCH_RESOLUTION": {
            "pixel": tr("Every pixel of the raster"),
            "stride": tr("One for each step between patches"),
        },
        "S1_UNIT": {"auto": auto, "db": tr("Decibels"), "linear": tr("Power")},
        "TIER": {
            "auto": auto,
            "map-cpu": tr("Maps, on the processor"),
            "map-gpu": tr("Maps, on an NVIDIA GPU"),
            "train-cpu": tr("Maps and training, on the processor"),
            "train-gpu": tr("Maps and training, on an NVIDIA GPU"),
            "import": tr("Published models of all backbones"),
        },
        "SIZE": {"small": tr("Small, minutes"), "medium": tr("Medium, to compare models")},
    }


def _of_datasets() -> Dict[str, Dict[str, str]]:
    none = tr("None")
    return {
        "FORMAT": {"tfrecord": "TFRecord", "hdf5": "HDF5", "npz": "NumPy"},
        "COMPRESSION": {"auto": tr("As usual for the format"), "none": none},
        "SPLITS": {
            "official": tr("As published"),
            "metadata": tr("As the metadata say"),
            "country": tr("By country"),
            "blocks": tr("By blocks on the ground"),
            "files": tr("From files"),
            "random": tr("At random"),
            "none": none,
        },
        "RESAMPLING": {
            "nearest": tr("Nearest neighbour"),
            "bilinear": tr("Bilinear"),
            "cubic": tr("Cubic"),
        },
        "LABELS": {
            "pixels": tr("Of every pixel"),
            "scene": tr("Of the patch"),
            "both": tr("Both"),
            "none": none,
        },
        "NOMENCLATURE": {
            "ben19": tr("19 classes, in alphabetical order"),
            "ben19_v1": tr("19 classes, in the order of version 1"),
            "ben43": tr("43 classes of version 1"),
            "clc": tr("All 44 of CORINE Land Cover"),
        },
        "SCALING": {
            "none": none,
            "zscore": tr("Mean 0, deviation 1"),
            "minmax": tr("Least 0, greatest 1"),
            "reflectance": tr("Reflectance"),
        },
        "DTYPE": {
            "float32": tr("32 bits"),
            "float16": tr("16 bits"),
            "uint16": tr("Whole numbers of 16 bits"),
        },
        "STATISTICS": {"train": tr("Of the train split"), "official": tr("As published")},
        "DEPTH": {
            "exists": tr("Whether files are there"),
            "header": tr("Form and place as well"),
            "pixels": tr("Pixels as well"),
        },
    }


def _of_footprints() -> Dict[str, Dict[str, str]]:
    auto, none = tr("Automatic"), tr("None")
    return {
        "SIGNING": {"auto": auto, "none": none, "planetary-computer": "Planetary Computer"},
        "SLOPE_UNIT": {"degrees": tr("Degrees"), "percent": tr("Per cent")},
        "ON_MISMATCH": {"stop": tr("Stop"), "skip": tr("Report it and go on")},
    }


def _of_training() -> Dict[str, Dict[str, str]]:
    return {
        "ARCHITECTURE": {
            "unet": "U-Net",
            "unet_baseline": tr("Plain encoder-decoder"),
            "kbranch": "K-Branch CNN",
            "vgg16": "VGG16",
            "vgg19": "VGG19",
            "resnet50": "ResNet-50",
            "resnet101": "ResNet-101",
            "resnet152": "ResNet-152",
        },
        "CLASS_WEIGHTS": {
            "none": tr("None"),
            "balanced": tr("Each class counts alike"),
            "median": tr("By the median frequency, less strongly so"),
        },
        "LOSS": {
            "auto": tr("Automatic"),
            "cross_entropy": tr("Cross-entropy"),
            "focal": tr("Focal"),
            "dice": tr("Half cross-entropy, half overlap"),
            "binary": tr("Binary cross-entropy"),
            "mse": tr("Squared error"),
            "huber": "Huber",
        },
        "SCHEDULE": {
            "cosine": tr("Rise, then fall as a cosine"),
            "plateau": tr("Halve where it gets no better"),
            "constant": tr("Constant"),
        },
    }
