# SPDX-License-Identifier: GPL-3.0-or-later
"""Exporting patches against ordinary scripts: paired, one core, generated patches.

    bench_export.py [--patches 1000] [--pairs 5] [--part PART] [--way WAY] [--python PYTHON]

Every way runs as a process of its own, in turn, on one core, with fewer and with more patches: the
difference in processor time is the cost of a patch, without starting and importing. A part takes
three to ten minutes; without one, all of them run.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measure import Run, machine, median, ratio, run

HERE = Path(__file__).resolve().parent
MAKER = HERE / "make_patches.py"
# Part to (rival, ours, target): the rival's time a patch over ours.
PARTS = {
    "tfrecord": [
        ("serialize_tensor", "ours_tfrecord", 10.0),
        ("serialize_tensor", "ours_tfrecord_uint16", 10.0),
    ],
    "int64": [
        ("int64_lists", "ours_tfrecord", 20.0),
        ("int64_lists", "ours_tfrecord_uint16", 20.0),
    ],
    "hdf5": [("h5py_gzip", "ours_hdf5", 7.0), ("h5py_gzip", "ours_hdf5_uint16", 7.0)],
    "npz": [("savez_compressed", "ours_npz", 20.0)],
    "reading": [
        (reader, mine, 0.7)
        for reader in ("rasterio_resample", "read_resample", "export_resample")
        for mine in ("ours_tfrecord", "ours_tfrecord_uint16")
    ],
    "workers": [],
    "memory": [],
}
SLOW = {"serialize_tensor", "int64_lists", "h5py_gzip", "savez_compressed", "rasterio_resample"}


def main() -> None:
    """Make the patches, run every way, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patches", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--way", action="append", help="of part workers: ours_hdf5, say")
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    print(f"{machine()}; {options.patches} patches, {options.pairs} pairs", flush=True)
    for part in options.part or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            if part == "memory":
                memory(Path(folder), options)
            elif part == "workers":
                workers(Path(folder), options)
            else:
                compare(Path(folder), PARTS[part], options)


def generate(folder: Path, count: int, python: str, files: int = 0) -> Path:
    """The index of so many generated patches, which have the files of ``files`` if that is set."""
    numbers = [str(count), *([str(files)] if files else [])]
    subprocess.run([python, "-I", str(MAKER), str(folder / str(count)), *numbers], check=True)
    return folder / str(count) / "index.parquet"


def compare(folder: Path, targets: list, options: argparse.Namespace) -> None:
    """Run the ways of a part in turn, and print what a patch costs and the ratios."""
    files = options.patches
    rival_counts, own_counts = (files // 16, files // 4), (files, 4 * files)
    counts = {*rival_counts, *own_counts}
    index = {count: generate(folder, count, options.python, files) for count in counts}
    names = list(dict.fromkeys(name for pair in targets for name in pair[:2]))
    costs: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(options.pairs + 1):
        for name in names:
            # The rivals are so slow that a quarter of the patches tells their speed. What is fast
            # goes through the files four times: starting takes as long as a thousand patches.
            less, more = rival_counts if name in SLOW else own_counts
            a, b = (once(options.python, name, index[n], folder / "out") for n in (less, more))
            if turn:  # the first one warms up
                costs[name].append((b.cpu_s - a.cpu_s) / (more - less))
            print(f"  {turn}: {name} {a.cpu_s:.2f}, {b.cpu_s:.2f} s", file=sys.stderr, flush=True)
    print("\n| way | ms of processor a patch | patches/s a core |\n|---|---|---|")
    for name in names:
        print(f"| {name} | {1e3 * median(costs[name]):.3f} | {1 / median(costs[name]):.0f} |")
    print("\n| ratio | measured | target |\n|---|---|---|")
    for rival, mine, target in targets:
        print(f"| {rival} / {mine} | {ratio(costs[rival], costs[mine])} | {target} |", flush=True)


def once(python: str, name: str, index: Path, out: Path, core: str = "0") -> Run:
    """One way, on one core."""
    shutil.rmtree(out, ignore_errors=True)
    out.unlink(missing_ok=True)
    pin = ["taskset", "-c", core] if core and shutil.which("taskset") else []
    done = run([*pin, python, "-I", str(HERE / "export_rivals.py"), name, str(index), str(out)])
    shutil.rmtree(out, ignore_errors=True) if out.is_dir() else out.unlink(missing_ok=True)
    return done


def workers(folder: Path, options: argparse.Namespace) -> None:
    """Two processes on both cores against one, on runs long beside the seconds of their start.

    The difference of a long and a short run leaves out the start; the long run as a whole has it.
    One process alone on both cores leaves waiting for the disk to the second one. Two exports at
    once that know nothing of each other tell what the machine has to give.
    """
    files, counts = options.patches, (2 * options.patches, 8 * options.patches)
    index = [generate(folder, count, options.python, files) for count in counts]
    columns = {
        "one core": "one process on one core / two on both (target 1.8)",
        "both cores": "one process on both cores / two on both",
        "unrelated": "two unrelated exports at once: what both make / what one makes",
        "start": f"one process on one core / two on both, all of {counts[1]} patches",
    }
    print(f"\n| way | {' | '.join(columns.values())} |\n|{'---|' * (len(columns) + 1)}")
    for way in options.way or ("ours_tfrecord", "ours_tfrecord_uint16", "ours_hdf5", "ours_npz"):
        gains: dict[str, list[float]] = {name: [] for name in columns}
        for _ in range(options.pairs):
            for name, gain in worker_gains(options.python, way, index, folder).items():
                gains[name].append(gain)
            said = ", ".join(f"{name} {found[-1]:.2f}" for name, found in gains.items())
            print(f"  {way}: {said}", file=sys.stderr, flush=True)
        cells = (f"{median(v):.2f} ({min(v):.2f} to {max(v):.2f})" for v in gains.values())
        print(f"| {way} | {' | '.join(cells)} |", flush=True)


def worker_gains(python: str, way: str, index: list[Path], folder: Path) -> dict[str, float]:
    """What two processes gained by the clock, in one turn."""

    def walls(name: str, core: str) -> list[float]:
        return [once(python, name, path, folder / "out", core).wall_s for path in index]

    def step(walls: list[float]) -> float:
        return walls[1] - walls[0]

    alone, free, two = walls(way, "0"), walls(way, ""), walls(f"{way}_two", "")
    both = [at_once(python, way, path, folder) for path in index]
    return {
        "one core": step(alone) / step(two),
        "both cores": step(free) / step(two),
        "unrelated": 2 * step(free) / step(both),
        "start": alone[1] / two[1],
    }


def at_once(python: str, name: str, index: Path, folder: Path) -> float:
    """How long two of the same take beside each other, s: until both have ended, on average."""
    with ThreadPoolExecutor(2) as pool:
        outs = [folder / "out", folder / "out_2"]
        runs = list(pool.map(lambda out: once(python, name, index, out, ""), outs))
    return sum(done.wall_s for done in runs) / 2


def memory(folder: Path, options: argparse.Namespace) -> None:
    """Peak memory of one process with ever more patches."""
    for count in (160, 640, 2560):
        index = generate(folder, count, options.python, 160)
        done = once(options.python, "ours_tfrecord", index, folder / "out")
        print(f"Peak memory with {count} patches: {done.peak_mb:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
