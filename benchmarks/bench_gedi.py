# SPDX-License-Identifier: GPL-3.0-or-later
"""Extraction of 1,000 footprints over local COGs, beside a plain script; on one core and on two.

    python benchmarks/bench_gedi.py [FOOTPRINTS] [PAIRS]

The plain script does what an ordinary user writes: for each footprint it searches the catalogue,
opens each file, reads a window through WarpedVRT, and closes it. Both read the same pixels, which
is checked. Two processes take some seconds to start: beside the whole time, the figures say what
each further footprint takes, from runs with four times as many. Run it on a quiet machine: the
clock counts what others do, too.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
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
from coverloom.engine.sample.gedi_land import Area, Land, ScenePlan  # noqa: E402
from measure import machine, median, ratio  # noqa: E402
from rasterio.enums import Resampling  # noqa: E402
from rasterio.transform import Affine  # noqa: E402
from rasterio.vrt import WarpedVRT  # noqa: E402
from rasterio.warp import transform  # noqa: E402

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
DAY = dt.date(2020, 6, 15)
FEW, MANY, _MANY = "table.parquet", "many.parquet", 4


def make_world(folder: Path, few: int, many: int) -> Path:
    """A catalogue of two scenes of 24 km, and two tables of footprints all over them."""
    scenes = (ScenePlan(DAY, 3.0, blobs=6), ScenePlan(DAY + dt.timedelta(3), 9.0, blobs=4))
    area = Area(32633, "33UVP", 399960.0, 5399940.0, 2400, 2400, scenes)
    rng = np.random.default_rng(0)
    land, items = write_area(rng, folder, area)
    for name, count in ((FEW, few), (MANY, many)):
        write_table(str(folder / name), make_table(rng, area, land, count))
    return write_catalogue(folder, items)


def make_table(rng: np.random.Generator, area: Area, land: Land, count: int) -> Footprints:
    """Footprints anywhere in an area."""
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
    return table


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


def ours(
    catalogue: Path, table: str, folder: Path, workers: int, batch: int
) -> Tuple[float, float]:
    """Seconds that the job takes: on the clock, and on all processors together."""
    shutil.rmtree(folder, ignore_errors=True)
    request = ExtractGedi(
        footprints=str(catalogue.parent / table),
        catalog=str(catalogue),
        output=str(folder),
        workers=workers,
        batch_size=batch,
    )
    began, busy = time.perf_counter(), processor_s()
    run(request, lambda event: None)
    return time.perf_counter() - began, processor_s() - busy


def processor_s() -> float:
    """Processor time of this process and of those that it started and that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


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


def main(count: int, pairs: int) -> None:
    """Print medians and ranges over runs taken in turn."""
    times: Dict[str, List[Tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue = make_world(folder / "world", count, _MANY * count)
        table = read_table(str(folder / "world" / FEW))
        some = table.select(np.arange(min(count, max(50, count // 5))))
        batch = -(-count // 8)
        ours(catalogue, FEW, folder / "warm", 2, batch)  # compiled code and the disk's cache
        for _ in range(pairs):
            began, busy = time.perf_counter(), time.process_time()
            plain_script(catalogue, some)
            part = count / len(some)
            took = time.perf_counter() - began, time.process_time() - busy
            times.setdefault("plain", []).append((part * took[0], part * took[1]))
            for workers in (1, 2):
                few = ours(catalogue, FEW, folder / f"{workers}", workers, batch)
                many = ours(catalogue, MANY, folder / "many", workers, batch)
                times.setdefault(f"{workers}", []).append(few)
                more = [(b - a) / (_MANY - 1) for a, b in zip(few, many)]
                times.setdefault(f"{workers} more", []).append((more[0], more[1]))
        print(machine())
        names = {"plain": "plain script", "1": "one core", "2": "two cores"}
        names |= {"1 more": "one core, each further", "2 more": "two cores, each further"}
        for key, title in names.items():
            clock, processor = ([1e3 * t[i] / count for t in times[key]] for i in (0, 1))
            print(f"{title:24}{median(clock):7.2f} ms a footprint, {median(processor):.2f} of CPU")
        clocks = {key: [t[0] for t in values] for key, values in times.items()}
        busy_of = {key: [t[1] for t in values] for key, values in times.items()}
        print("plain / one core, clock:       ", ratio(clocks["plain"], clocks["1"]))
        print("plain / one core, CPU:         ", ratio(busy_of["plain"], busy_of["1"]))
        print("one / two cores, whole:        ", ratio(clocks["1"], clocks["2"]))
        print("one / two cores, each further: ", ratio(clocks["1 more"], clocks["2 more"]))
        twice = [2 * seconds for seconds in busy_of["1 more"]]
        print("the same, 2 x one / two, CPU:  ", ratio(twice, busy_of["2 more"]))
        print(f"equal pixels in {check(folder / '1', plain_script(catalogue, table))} footprints")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:3]]
    main(*(numbers + [1000, 5][len(numbers) :]))
