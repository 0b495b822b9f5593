# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a tiny biomass dataset in which it follows from brightness: ``make_footprints.py FOLDER``.

The biomass of a footprint is 150 - 0.1 DN of B04 in its middle, and a little noise; the file is in
the layout of GEDI footprints, written by the code that fuses them.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import h5py
import numpy as np

if "coverloom" not in sys.modules:
    entry = Path(__file__).resolve().parents[2] / "engine" / "__main__.py"
    runpy.run_path(str(entry))["register_package"]()

from coverloom.engine.gedi.layout import GROUP, TEXT, columns
from coverloom.engine.jobs.gedi_dataset import write_card

COUNTS = {"train": 48, "validation": 12, "test": 12}
FILL, SIDE = -9999.0, 32
MIDDLE = slice(14, 18)


def biomass_of(dn):
    """Mg/ha."""
    return 150.0 - 0.1 * dn


def _content(rng, count, constant):
    """The datasets that differ between footprints."""
    coarse = rng.uniform(200, 1400, (count, 1, 8, 8))
    dn = np.kron(coarse, np.ones((4, 4))) + rng.normal(0, 15, (count, 1, SIDE, SIDE))
    s2 = np.repeat(dn, 12, axis=1) + rng.normal(0, 40, (count, 12, SIDE, SIDE))
    s2[:, 3] = dn[:, 0]  # SCL, B02, B03, B04
    s2[:, 0] = 4
    value = biomass_of(s2[:, 3, MIDDLE, MIDDLE].mean(axis=(1, 2))) + rng.normal(0, 2, count)
    value = np.full(count, constant) if constant is not None else value
    raster = np.full((count, 1, SIDE, SIDE), FILL)
    raster[:, 0, MIDDLE, MIDDLE] = value[:, None, None]
    return {
        "Sentinel-2 L2A": np.clip(s2, 1, 60000),
        "WorldCover": np.full((count, 1, SIDE, SIDE), 10),
        "CopDEM": rng.normal(300, 20, (count, 2, SIDE, SIDE)),
        "AGBD Raster": raster,
        "AGBD Values": value[:, None],
        "GEDI Shot Number": rng.permutation(10**6)[:count, None],
        "Transforms": np.tile([10.0, 0, 4e5, 0, -10.0, 54e5, 0, 0, 1], (count, 1)),
    }


def make(folder, counts=COUNTS, seed=0, spoil=None, constant=None):
    """Write ``<split>.h5`` and ``dataset.json``; ``spoil(split, content)`` may change a split."""
    folder.mkdir(parents=True)
    for split, count in counts.items():
        rng = np.random.default_rng([seed, len(split)])
        content = _content(rng, count, constant)
        if spoil:
            spoil(split, content)
        path = folder / f"{split}.h5"
        with h5py.File(path, "w") as file:
            group = file.create_group(GROUP)
            for name, column in columns("degrees").items():
                if column.dtype == TEXT:
                    text = "EPSG:32633" if name == "CRS" else "text"
                    data = np.full((count, *column.shape), text, object)
                    group.create_dataset(name, data=data, dtype=h5py.string_dtype())
                else:
                    values = content.get(name, np.zeros((count, *column.shape)))
                    group.create_dataset(name, data=values.astype(column.dtype))
                for key, value in column.attributes.items():
                    group[name].attrs[key] = value
        write_card(str(path), split, lambda event: None)
    return folder


if __name__ == "__main__":
    make(Path(sys.argv[1]))
