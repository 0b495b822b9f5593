# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the packages of a tier can be used: imported, and made to do something small."""

from __future__ import annotations

from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any, Dict, List, Tuple

# Import name, and the names it is distributed under.
_MAP: Tuple[Tuple[str, Tuple[str, ...]], ...] = (
    ("numpy", ("numpy",)),
    ("rasterio", ("rasterio",)),
    ("onnx", ("onnx",)),
    ("onnxruntime", ("onnxruntime-gpu", "onnxruntime")),
    ("numba", ("numba",)),
    ("psutil", ("psutil",)),
    ("jinja2", ("jinja2",)),
    ("pyarrow", ("pyarrow",)),
    ("h5py", ("h5py",)),
    ("dask", ("dask",)),
    ("distributed", ("distributed",)),
    ("fsspec", ("fsspec",)),
    ("s3fs", ("s3fs",)),
    ("pystac", ("pystac",)),
    ("pystac_client", ("pystac-client",)),
    ("planetary_computer", ("planetary-computer",)),
    ("PIL", ("pillow",)),
    ("numexpr", ("numexpr",)),
    ("crc32c", ("crc32c",)),
)
_MAP_CPU = (("openvino", ("openvino",)),)
_TRAIN = (
    ("tensorflow", ("tensorflow", "tensorflow-cpu")),
    ("keras", ("keras",)),
)
_IMPORT = (
    ("torch", ("torch",)),
    ("onnxscript", ("onnxscript",)),
    ("huggingface_hub", ("huggingface_hub",)),
)


def installed_versions() -> Dict[str, str]:
    """Distribution name to version of what is installed, of all tiers' direct packages."""
    found = {}
    for _, distributions in (*_MAP, *_MAP_CPU, *_TRAIN, *_IMPORT):
        for name in distributions:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
            break
    return found


def broken_packages(tier: str) -> List[str]:
    """One sentence for each package of the tier that cannot be imported.

    Args:
        tier: The tier; empty for the map packages, and the others where they are installed.
    """
    wanted = list(_MAP)
    families = (
        (_MAP_CPU, tier.endswith("-cpu") or tier == "import"),
        (_TRAIN, tier.startswith("train")),
        (_IMPORT, tier == "import"),
    )
    for family, named in families:
        wanted += [p for p in family if named or (not tier and find_spec(p[0]) is not None)]
    problems = []
    for module, distributions in wanted:
        try:
            import_module(module)
        except Exception as error:  # a damaged library raises whatever it likes
            problems.append(f"{distributions[0]} cannot be imported: {error}")
    return problems


def trial_raster() -> List[str]:
    """Write and read a raster in memory, with a CRS; one sentence for each thing that is wrong."""
    import numpy as np
    from rasterio.io import MemoryFile
    from rasterio.transform import Affine

    pixels = np.arange(64, dtype=np.uint16).reshape(1, 8, 8)
    profile = {"driver": "GTiff", "count": 1, "height": 8, "width": 8, "dtype": "uint16"}
    try:
        with MemoryFile() as memory:
            with memory.open(
                crs="EPSG:32633", transform=Affine.scale(10, -10), **profile
            ) as target:
                target.write(pixels)
            with memory.open() as source:
                equal = bool((source.read() == pixels).all()) and source.crs.to_epsg() == 32633
    except Exception as error:  # rasterio's, GDAL's and PROJ's errors have no common parent
        return [f"rasterio cannot write a raster: {error}"]
    return [] if equal else ["rasterio reads another raster than it wrote"]


def trial_tensorflow() -> Dict[str, Any]:
    """Multiply two matrices on each device of TensorFlow; empty if it is not installed."""
    if find_spec("tensorflow") is None:
        return {}
    import numpy as np
    import tensorflow as tf

    a = np.arange(12, dtype=np.float32).reshape(3, 4)
    devices = {}
    for device in tf.config.list_logical_devices():
        with tf.device(device.name):
            right = np.allclose(tf.linalg.matmul(a, a.T).numpy(), a @ a.T)
        devices[device.name.rsplit("/", 1)[-1]] = "works" if right else "gives wrong numbers"
    return {"version": tf.__version__, "devices": devices}
