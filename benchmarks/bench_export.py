# SPDX-License-Identifier: GPL-3.0-or-later
"""Exporting patches against ordinary scripts: paired, one core, generated patches.

    bench_export.py [--patches 1000] [--pairs 3] [--python PYTHON]

Every way runs as a process of its own, in turn, on one core, with fewer and with more patches: the
difference in processor time is the cost of a patch, without starting and importing.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Run, machine, median, ratio, run

HERE = Path(__file__).resolve().parent
MAKER = HERE / "make_patches.py"
TARGETS = [
    ("serialize_tensor", "ours_tfrecord", 10.0),
    ("int64_lists", "ours_tfrecord", 20.0),
    ("h5py_gzip", "ours_hdf5", 7.0),
    ("h5py_gzip", "ours_hdf5_uint16", 7.0),
    ("savez_compressed", "ours_npz", 20.0),
    ("read_resample", "ours_tfrecord", 0.7),
    ("read_resample", "ours_tfrecord_uint16", 0.7),
]
SLOW = {"serialize_tensor", "int64_lists", "h5py_gzip", "savez_compressed"}


def main() -> None:
    """Make the patches, run every way, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patches", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_all(Path(folder), options)


def measure_all(folder: Path, options: argparse.Namespace) -> None:
    """Run and print."""
    counts = {
        name: options.patches // part for name, part in (("all", 1), ("some", 4), ("few", 16))
    }
    index = {name: folder / name / "index.parquet" for name in counts}
    for name, count in counts.items():
        maker = [options.python, "-I", str(MAKER), str(index[name].parent), str(count)]
        subprocess.run(maker, check=True)
    names = list(dict.fromkeys(n for a, b, _ in TARGETS for n in (a, b)))
    costs: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(options.pairs + 1):
        for name in names:
            # The rivals are so slow that a quarter of the patches tells their speed.
            less, more = ("few", "some") if name in SLOW else ("some", "all")
            a, b = (
                once(options.python, name, index[size], folder / "out") for size in (less, more)
            )
            if turn:  # the first one warms up
                costs[name].append((b.cpu_s - a.cpu_s) / (counts[more] - counts[less]))
            print(f"  {turn}: {name} {a.cpu_s:.2f}, {b.cpu_s:.2f} s", file=sys.stderr, flush=True)
    print(f"{machine()}; {options.patches} patches, {options.pairs} pairs\n")
    print("| way | ms of processor a patch | patches/s a core |\n|---|---|---|")
    for name in names:
        print(f"| {name} | {1e3 * median(costs[name]):.3f} | {1 / median(costs[name]):.0f} |")
    print("\n| ratio | measured | target |\n|---|---|---|")
    for rival, mine, target in TARGETS:
        print(f"| {rival} / {mine} | {ratio(costs[rival], costs[mine])} | {target} |")
    workers(folder, index, counts, options)


def once(python: str, name: str, index: Path, out: Path, core: str = "0") -> Run:
    """One way, on one core."""
    shutil.rmtree(out, ignore_errors=True)
    out.unlink(missing_ok=True)
    pin = ["taskset", "-c", core] if core and shutil.which("taskset") else []
    done = run([*pin, python, "-I", str(HERE / "export_rivals.py"), name, str(index), str(out)])
    shutil.rmtree(out, ignore_errors=True) if out.is_dir() else out.unlink(missing_ok=True)
    return done


def workers(folder: Path, index: dict, counts: dict, options: argparse.Namespace) -> None:
    """Two processes against one, and peak memory, on a quarter and on all of the patches."""
    gains, bounds = [], []
    for _ in range(options.pairs):
        runs = {
            name: [
                once(options.python, name, index[size], folder / "out", "")
                for size in ("some", "all")
            ]
            for name in ("ours_tfrecord", "ours_two_workers")
        }
        one, two = runs["ours_tfrecord"], runs["ours_two_workers"]
        gains.append((one[1].wall_s - one[0].wall_s) / (two[1].wall_s - two[0].wall_s))
        bounds.append(2 * (one[1].cpu_s - one[0].cpu_s) / (two[1].cpu_s - two[0].cpu_s))
    print(
        f"\nTwo workers against one: {median(gains):.2f} by the clock (target 1.8; only on a "
        f"machine that does nothing else), {median(bounds):.2f} if both cores were free "
        "(2 x processor time of one / of two)."
    )
    print(
        f"Peak memory: {one[0].peak_mb:.0f} MB with {counts['some']} patches, "
        f"{one[1].peak_mb:.0f} MB with {counts['all']}."
    )


if __name__ == "__main__":
    main()
