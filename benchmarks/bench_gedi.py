# SPDX-License-Identifier: GPL-3.0-or-later
"""Extraction of 1,000 footprints over local COGs, beside a plain script; and searches counted.

    python benchmarks/bench_gedi.py [FOOTPRINTS]

The plain script does what an ordinary user writes: for each footprint it searches the catalogue,
opens each file, reads a window through WarpedVRT, and closes it. Both read the same pixels, which
is checked. Run it on a quiet machine: the clock counts what others do, too.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Tuple

ROOT = Path(__file__).resolve().parents[1]


def _register() -> None:
    spec = importlib.util.spec_from_file_location("_entry", ROOT / "engine" / "__main__.py")
    entry = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(entry)  # type: ignore[union-attr]
    entry.register_package()


_register()

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import rasterio  # noqa: E402
from coverloom.engine.contract.jobs.extractgedi import ExtractGedi  # noqa: E402
from coverloom.engine.gedi.footprints import Footprints, iso_times  # noqa: E402
from coverloom.engine.gedi.tables import read_table, write_table  # noqa: E402
from coverloom.engine.jobs.extractgedi import run  # noqa: E402
from coverloom.engine.sample.gedi import write_area, write_catalogue  # noqa: E402
from coverloom.engine.sample.gedi_land import Area, ScenePlan  # noqa: E402
from rasterio.enums import Resampling  # noqa: E402
from rasterio.transform import Affine  # noqa: E402
from rasterio.vrt import WarpedVRT  # noqa: E402
from rasterio.warp import transform  # noqa: E402

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
DAY = dt.date(2020, 6, 15)


def make_world(folder: Path, count: int) -> Path:
    """A catalogue of two scenes of 24 km, and a table of footprints all over them."""
    scenes = (ScenePlan(DAY, 3.0, blobs=6), ScenePlan(DAY + dt.timedelta(3), 9.0, blobs=4))
    area = Area(32633, "33UVP", 399960.0, 5399940.0, 2400, 2400, scenes)
    rng = np.random.default_rng(0)
    land, items = write_area(rng, folder, area)
    x = area.left + rng.uniform(500, 23500, count)
    y = area.upper - rng.uniform(500, 23500, count)
    lon, lat = transform("EPSG:32633", "OGC:CRS84", x.tolist(), y.tolist())
    seconds = (dt.datetime.combine(DAY, dt.time(9)) - dt.datetime(2018, 1, 1)).total_seconds()
    table = Footprints(
        {
            "agbd": land.biomass(x, y).astype("f4"),
            "agbd_se": np.ones(count, "f4"),
            "lon_lowestmode": np.array(lon),
            "lat_lowestmode": np.array(lat),
            "shot_number": np.arange(count, dtype="u8") + 10**16,
            "delta_time": seconds + np.arange(count) * 0.01,
            "gedi_filename": np.full(count, "bench", object),
        }
    )
    table.columns["acquisition_time"] = iso_times(table.times)
    write_table(str(folder / "table.parquet"), table)
    return write_catalogue(folder, items)


def plain_script(catalogue: Path, table: Footprints) -> Dict[int, Any]:
    """One footprint at a time: search, open, read, close."""
    import pystac

    found: Dict[int, Any] = {}
    root = pystac.Catalog.from_file(str(catalogue))
    for i in range(len(table)):
        lon, lat = float(table["lon_lowestmode"][i]), float(table["lat_lowestmode"][i])
        near = [item for item in root.get_items(recursive=True) if _holds(item.bbox, lon, lat)]
        scenes = [item for item in near if item.collection_id == "sentinel-2-l2a"]
        for scene in sorted(scenes, key=lambda item: item.properties["eo:cloud_cover"]):
            with rasterio.open(scene.assets["SCL"].get_absolute_href()) as source:
                (x,), (y,) = transform("OGC:CRS84", source.crs, [lon], [lat])
                left = source.transform.c + 10 * (
                    np.floor((x - source.transform.c) / 10 + 0.5) - 16
                )
                top = source.transform.f - 10 * (np.floor((source.transform.f - y) / 10 + 0.5) - 16)
                crs, place = source.crs, Affine(10, 0, left, 0, -10, top)
                scl = _warped(source, crs, place, Resampling.nearest)
            share = np.bincount(scl.ravel(), minlength=12) / scl.size
            if not np.isin(scl[14:18, 14:18], (4, 5)).all() or share[[8, 9, 10]].sum() > 0.25:
                continue
            if share[[2, 3]].sum() > 0.25 or share[6] > 0.25:
                continue
            layers = [scl]
            for band in BANDS:
                with rasterio.open(scene.assets[band].get_absolute_href()) as source:
                    layers.append(_warped(source, crs, place, Resampling.bilinear))
            tiles = {item.collection_id: item for item in near if "2021" not in item.id}
            with rasterio.open(
                tiles["cop-dem-glo-30"].assets["data"].get_absolute_href()
            ) as source:
                altitude = _warped(source, crs, place, Resampling.bilinear)
            with rasterio.open(tiles["esa-worldcover"].assets["map"].get_absolute_href()) as source:
                cover = _warped(source, crs, place, Resampling.nearest)
            rise = np.hypot(*np.gradient(altitude, 10.0))
            if np.degrees(np.arctan(rise))[14:18, 14:18].max() > 15:
                break
            found[int(table["shot_number"][i])] = (np.stack(layers), altitude, cover)
            break
    return found


def _holds(box: List[float], lon: float, lat: float) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]


def _warped(source: Any, crs: Any, place: Affine, how: Resampling) -> Any:
    with WarpedVRT(source, crs=crs, transform=place, width=32, height=32, resampling=how) as view:
        return view.read(1)


def ours(catalogue: Path, folder: Path, workers: int, batch: int) -> Tuple[float, float]:
    """Seconds that the job takes: on the clock, and of this process on the processor."""
    shutil.rmtree(folder, ignore_errors=True)
    request = ExtractGedi(
        footprints=str(catalogue.parent / "table.parquet"),
        catalog=str(catalogue),
        output=str(folder),
        workers=workers,
        batch_size=batch,
    )
    began, busy = time.perf_counter(), time.process_time()
    run(request, lambda event: None)
    return time.perf_counter() - began, time.process_time() - busy


def check(folder: Path, plain: Dict[int, Any]) -> int:
    """How many footprints both have, after comparing all their pixels."""
    seen = 0
    for path in sorted(folder.glob("*.h5")):
        with h5py.File(path) as file:
            data = file["data"]
            for i, shot in enumerate(data["GEDI Shot Number"][:, 0].tolist()):
                layers, altitude, cover = plain[shot]
                same = np.array_equal(data["Sentinel-2 L2A"][i], layers)
                near = np.allclose(data["CopDEM"][i, 0], altitude, atol=2e-3)
                if not (same and near and np.array_equal(data["WorldCover"][i, 0], cover)):
                    raise SystemExit(f"Footprint {shot} differs from the plain script's.")
                seen += 1
    if seen != len(plain):
        raise SystemExit(f"The job has {seen} footprints, the plain script {len(plain)}.")
    return seen


def main(count: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue = make_world(folder / "world", count)
        table = read_table(str(folder / "world" / "table.parquet"))
        ours(catalogue, folder / "warm", 1, count)  # compiled code and the disk's cache
        few = table.select(np.arange(min(count, max(50, count // 5))))
        began, busy = time.perf_counter(), time.process_time()
        plain_script(catalogue, few)
        plain = (time.perf_counter() - began) / len(few), (time.process_time() - busy) / len(few)
        batch = -(-count // 8)
        one = [seconds / count for seconds in ours(catalogue, folder / "one", 1, batch)]
        two = ours(catalogue, folder / "two", 2, batch)[0] / count
        for name, (clock, processor) in (("plain script", plain), ("one core", one)):
            print(f"{name:14}{1e3 * clock:8.1f} ms a footprint, {1e3 * processor:.1f} ms of CPU")
        clock, processor = plain[0] / one[0], plain[1] / one[1]
        print(f"one core is {clock:.1f} x the plain script, by CPU {processor:.1f} x")
        print(f"two cores     {1e3 * two:8.1f} ms a footprint: {one[0] / two:.2f} x of one core")
        print(f"equal pixels in {check(folder / 'one', plain_script(catalogue, table))} footprints")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
