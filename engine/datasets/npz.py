# SPDX-License-Identifier: GPL-3.0-or-later
"""NPZ: one archive of one array a band and one JSON a patch, in one folder a shard.

Arrays are named ``s2_b2`` … ``s2_b8a``, ``s1_vv``, ``s1_vh``, or by the band where it is neither,
and ``label``. The JSON has id, height, width, date_s2, date_s1 (YYYYMMDD), country, split, for each
modality ``s2_normalization`` {min, max, mean, std} of the measurements, and the georeference.
``manifest.json`` lists the shard's files.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple
from zipfile import BadZipFile

import crc32c
import numpy as np

from ..contract.errors import DamagedDataset
from .format import Format
from .patch import DatasetPatch, Layout, Stored
from .shard_file import Buffer, ShardFile

MANIFEST = "manifest.json"
_PREFIX = {"s1_data": "s1_", "s2_data": "s2_", "data": ""}


def array_name(array: str, band: str) -> str:
    """What a band is called inside the archive: ``s2_b2`` for B02."""
    if array == "s2_data":
        return "s2_b" + band[1:].lstrip("0").lower()
    return _PREFIX[array] + (band.lower() if array == "s1_data" else band)


class NPZWriter:
    """Writes one shard: a folder of archives."""

    def __init__(self, path: Path, layout: Layout, capacity: int) -> None:
        self._folder, self._layout = path, layout
        self._files: List[Dict[str, Any]] = []
        # The same memory for every archive: fresh memory costs as much as filling it.
        self._archive = io.BytesIO()
        path.mkdir(parents=True, exist_ok=True)

    def room(self, patch_id: str) -> Dict[str, Stored]:
        """None: what is written is packed from the arrays."""
        return {}

    def append(self, patch: DatasetPatch) -> int:
        """Write one patch's archive and its JSON."""
        arrays = {
            array_name(name, band): np.ascontiguousarray(patch.arrays[name][..., channel])
            for name, bands in self._layout.arrays.items()
            for channel, band in enumerate(bands)
        }
        if self._layout.pixels and patch.label is not None:
            arrays["label"] = patch.label
        save = np.savez if self._layout.compression == "none" else np.savez_compressed
        self._archive.seek(0)
        save(self._archive, **arrays)  # type: ignore[arg-type]
        name, size = file_name(patch.patch_id), self._archive.tell()
        with self._archive.getbuffer() as content:
            file = ShardFile(self._folder / f"{name}.npz", one_of_many=True)
            try:
                file.write(content[:size])
            finally:
                file.close()
            self._note(f"{name}.npz", content[:size])
        text = json.dumps(_described(patch, self._layout), indent=1, ensure_ascii=False).encode()
        (self._folder / f"{name}.json").write_bytes(text)
        self._note(f"{name}.json", text)
        return size + len(text)

    def close(self) -> Optional[str]:
        """Write the shard's list of files."""
        manifest = {"schema": 1, "files": self._files}
        (self._folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        return None

    def _note(self, name: str, content: Buffer) -> None:
        crc = f"{crc32c.crc32c(content):08x}"
        self._files.append({"path": name, "size": len(content), "crc32c": crc})


class NPZReader:
    """Reads one shard's archives by patch number.

    Args:
        path: The shard's folder.
        layout: The dataset's arrays.

    Raises:
        DamagedDataset: Its manifest cannot be read.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._folder, self._layout = path, layout
        try:
            manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
            files = {entry["path"]: entry for entry in manifest["files"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedDataset(
                f"{path} has no usable {MANIFEST}: {error}.", "Delete it and export with RESUME."
            ) from error
        self._files = files
        self._names = [name[:-4] for name in files if name.endswith(".npz")]

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, index: int) -> DatasetPatch:
        """Patch ``index``."""
        name = self._names[index]
        try:
            content = json.loads(self._bytes(f"{name}.json"))
            with np.load(io.BytesIO(self._bytes(f"{name}.npz")), allow_pickle=False) as archive:
                return _patch(content, archive, self._layout)
        except (OSError, KeyError, ValueError, BadZipFile) as error:
            raise DamagedDataset(
                f"Patch {name} in {self._folder} cannot be read: {error}.",
                "Delete the shard's folder and export with RESUME.",
            ) from error

    def close(self) -> None:
        """Nothing is held open."""

    def _bytes(self, name: str) -> bytes:
        content = (self._folder / name).read_bytes()
        if f"{crc32c.crc32c(content):08x}" != self._files[name]["crc32c"]:
            raise ValueError(f"{name} is altered")
        return content


def file_name(patch_id: str) -> str:
    """A file name for a patch: its id, with anything a file system minds replaced."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in patch_id)


def _described(patch: DatasetPatch, layout: Layout) -> Dict[str, Any]:
    facts = {
        "date_s2": "",
        "date_s1": "",
        "country": "",
        "split": "",
        **dict(sorted(patch.facts.items())),
    }
    content: Dict[str, Any] = {
        "id": patch.patch_id,
        "height": layout.size[0],
        "width": layout.size[1],
        **facts,
        "epsg": patch.epsg,
        "transform": list(patch.transform),
        "facts": sorted(patch.facts),
    }
    for name in layout.arrays:
        if layout.limits:
            key = f"{name.partition('_')[0]}_normalization"
            content[key] = _normalization(patch.arrays[name], patch.limits[name])
    if layout.classes and patch.scene is not None:
        content["labels"] = [layout.classes[i] for i in np.flatnonzero(patch.scene)]
        content["labels_multi_hot"] = patch.scene.tolist()
    return content


def _normalization(stored: np.ndarray[Any, Any], limits: Tuple[float, float]) -> Dict[str, float]:
    """Joint limits of a modality, and its mean and deviation, all in the measurements' unit."""
    low, high = limits
    steps = 65535.0 if stored.dtype.kind == "u" else 1.0
    share = stored.astype(np.float64) / steps
    mean, std = float(np.nanmean(share)), float(np.nanstd(share))
    return {
        "min": low,
        "max": high,
        "mean": low + mean * (high - low),
        "std": std * (high - low),
    }


def _patch(content: Dict[str, Any], archive: Mapping[str, Any], layout: Layout) -> DatasetPatch:
    arrays = {
        name: np.stack([archive[array_name(name, band)] for band in bands], axis=-1)
        for name, bands in layout.arrays.items()
    }
    for name, array in arrays.items():
        if array.shape != layout.shape(name) or array.dtype != layout.dtype:
            raise ValueError(f"{name} is {array.dtype} {array.shape}")
    limits: Dict[str, Tuple[float, float]] = {}
    if layout.limits:
        for name in arrays:
            pair = content[f"{name.partition('_')[0]}_normalization"]
            limits[name] = (pair["min"], pair["max"])
    hot = np.array(content["labels_multi_hot"], np.uint8) if layout.classes else None
    return DatasetPatch(
        patch_id=content["id"],
        arrays=arrays,
        label=archive["label"] if layout.pixels else None,
        scene=hot,
        epsg=content["epsg"],
        transform=tuple(content["transform"]),
        limits=limits,
        facts={key: content[key] for key in content["facts"]},
    )


FORMAT = Format("", NPZWriter, NPZReader, ("none", "gzip"), folder=True)
