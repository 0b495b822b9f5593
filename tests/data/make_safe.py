# SPDX-License-Identifier: GPL-3.0-or-later
"""Small Sentinel-2 products of known numbers, in the SAFE layout, as real JPEG 2000."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio import Affine

NATIVE = {"B01": 60, "B02": 10, "B03": 10, "B04": 10, "B05": 20, "B06": 20, "B07": 20, "B08": 10,
          "B8A": 20, "B09": 60, "B11": 20, "B12": 20}  # fmt: skip
CORNER = (300_000.0, 5_400_000.0)
TILE, TIME = "T33UUP", "20220607T101031"


def write_jp2(path, pixels, metres, block=64, crs="EPSG:32633", resolutions=2):
    """Write ``(h, w)`` numbers losslessly."""
    path.parent.mkdir(parents=True, exist_ok=True)
    x, y = CORNER
    with rasterio.open(
        path, "w", driver="JP2OpenJPEG", width=pixels.shape[1], height=pixels.shape[0], count=1,
        dtype=pixels.dtype, crs=crs, transform=Affine(metres, 0, x, 0, -metres, y), tiled=True,
        QUALITY="100", REVERSIBLE="YES", BLOCKXSIZE=block, BLOCKYSIZE=block,
        RESOLUTIONS=resolutions,
    ) as dataset:  # fmt: skip
        dataset.write(pixels, 1)
    return path


def metadata(level="L2A", baseline="04.00", offset=-1000, quantification=10000, listed=()):
    """``MTD_MSIL2A.xml``, as much of it as matters; no offsets for None."""
    name = "RADIO" if level == "L1C" else "BOA"
    steps = "QUANTIFICATION_VALUE" if level == "L1C" else "BOA_QUANTIFICATION_VALUE"
    offsets = "" if offset is None else "".join(
        f'<{name}_ADD_OFFSET band_id="{i}">{offset}</{name}_ADD_OFFSET>' for i in range(13)
    )  # fmt: skip
    images = "".join(f"<IMAGE_FILE>{path}</IMAGE_FILE>" for path in listed)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><n1:Level xmlns:n1="https://psd-14">'
        f"<PROCESSING_LEVEL>Level-{level[1:]}</PROCESSING_LEVEL>"
        f"<PROCESSING_BASELINE>{baseline}</PROCESSING_BASELINE>{images}"
        f'<{steps} unit="none">{quantification}</{steps}>{offsets}</n1:Level>'
    )


def make_safe(
    folder, bands=("B02", "B03", "B04"), size=96, level="L2A", baseline="04.00", offset=-1000,
    seed=0, copies=True, scl=None, values=None, name="", block=64,
):  # fmt: skip
    """Write a product.

    Args:
        folder: Where its ``.SAFE`` folder goes.
        bands: Which bands it has, at their own pixel size.
        size: px of the 10 m grid; a multiple of 6.
        level, baseline, offset: What its metadata says.
        seed: Of the numbers, 1..6000, 0 in the upper left 4 x 4 px of 10 m.
        copies: Whether coarser copies are there too, of quite other numbers.
        scl: (size/2, size/2) scene classes at 20 m.
        values: Band to pixels, instead of random ones.
        name: Of the product; one that fits its metadata if empty.

    Returns:
        The product's folder, and band to the ``(h, w)`` uint16 numbers in its native file.
    """
    number = baseline.replace(".", "")
    name = name or f"S2A_MSI{level}_{TIME}_N{number}_R022_{TILE}_20220607T120000.SAFE"
    root = Path(folder) / name
    images = root / "GRANULE" / f"{level}_{TILE}_A036330_{TIME}" / "IMG_DATA"
    rng, stored, listed = np.random.default_rng(seed), {}, []
    for band in bands:
        native = NATIVE[band]
        side = size * 10 // native
        pixels = (values or {}).get(band)
        if pixels is None:
            pixels = rng.integers(1, 6000, (side, side)).astype("uint16")
            pixels[: 40 // native or 1, : 40 // native or 1] = 0
        stored[band] = pixels
        for metres in [native, *(m for m in (20, 60) if copies and m > native)]:
            here = images / f"R{metres}m" if level == "L2A" else images
            suffix = f"_{metres}m" if level == "L2A" else ""
            file = here / f"{TILE}_{TIME}_{band}{suffix}.jp2"
            copy = np.full((size * 10 // metres,) * 2, 9999, "uint16")
            write_jp2(file, pixels if metres == native else copy, metres, block)
            listed.append(file.relative_to(root).with_suffix("").as_posix())
            if level == "L1C":
                break
    if scl is not None:
        write_jp2(images / "R20m" / f"{TILE}_{TIME}_SCL_20m.jp2", scl.astype("uint8"), 20, block)
    text = metadata(level, baseline, offset, listed=listed)
    (root / f"MTD_MSI{level}.xml").write_text(text, encoding="utf-8")
    return root, stored
