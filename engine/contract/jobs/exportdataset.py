# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to write patches as a training dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from ..errors import InvalidRequest
from .base import Job, limited

FORMATS = ("tfrecord", "hdf5", "npz")
LABELS = ("pixels", "scene", "both", "none")
NOMENCLATURES = ("ben19", "ben19_v1", "ben43", "clc")
SCALINGS = ("none", "zscore", "minmax", "reflectance")
DTYPES = ("float32", "float16", "uint16")
RESAMPLINGS = ("nearest", "bilinear", "cubic")
SPLITS = ("official", "metadata", "country", "blocks", "files")
COMPRESSIONS = ("auto", "none", "gzip", "lzf")
# Published band sets by name, and the six arrays of the NPZ archives.
_S2 = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
BAND_SETS = {
    "all": ("VV", "VH", *_S2),
    "s1": ("VV", "VH"),
    "s2": _S2,
    "rgb": ("B04", "B03", "B02"),
    "six": ("B02", "B03", "B04", "B08", "VV", "VH"),
}


@dataclass(frozen=True)
class ExportDataset(Job):
    """Write the patches of an index as TFRecord, HDF5 or NPZ.

    Args:
        index: The patch index.
        output: Folder of the dataset; new, empty, or an unfinished run to go on with.
        format: Form of the shards.
        bands: Band names in order, or one of ``BAND_SETS``; empty for all fourteen.
        labels: Classes per pixel, per patch, both, or none.
        nomenclature: Which classes, in which order.
        scaling: ``zscore`` and ``minmax`` as usual, ``reflectance`` DN / 10000.
        statistics: Where z-scores take mean and deviation from: the ``train`` split of this
            export, or the ``official`` ones of the index's version.
        dtype: Of the stored numbers.
        resampling: How 20 m and 60 m bands come to 10 m.
        splits: Where splits come from: ``official`` rule, ``metadata``, by ``country``, spatial
            ``blocks``, or ``files``.
        split_files: CSV files of patch names, whose own names say train, val or test.
        countries: Only these, by their English names; empty for all.
        fraction: Share of each split.
        shard_size: Patches in a shard.
        compression: ``auto`` for what suits the format.
        exclude_snow, exclude_cloud: Leave out patches that the metadata flag so.
        min_free_gb: Pause when the output's disk has less free, then stop; 0 to never look.
        delete_sources: Delete a patch's files once it has been written and read back equal.
        dry_run: With ``delete_sources``, only write down what would be deleted.
        resume: Go on with what an earlier run with the same settings finished.
        workers: Processes; 0 for all cores.
        scheduler: Address of a Dask scheduler; empty for this machine.
        seed: Seed of splits, sample and order.
    """

    name: ClassVar[str] = "exportdataset"
    index: str
    output: str
    format: str = limited("tfrecord", choices=FORMATS)
    bands: Tuple[str, ...] = ()
    labels: str = limited("pixels", choices=LABELS)
    nomenclature: str = limited("ben19", choices=NOMENCLATURES)
    scaling: str = limited("none", choices=SCALINGS)
    statistics: str = limited("train", choices=("train", "official"))
    dtype: str = limited("float32", choices=DTYPES)
    resampling: str = limited("bilinear", choices=RESAMPLINGS)
    splits: str = limited("official", choices=SPLITS)
    split_files: Tuple[str, ...] = ()
    countries: Tuple[str, ...] = ()
    fraction: float = limited(1.0, minimum=0.0, maximum=1.0)
    shard_size: int = limited(100, minimum=1)
    compression: str = limited("auto", choices=COMPRESSIONS)
    exclude_snow: bool = False
    exclude_cloud: bool = False
    min_free_gb: float = limited(2.0, minimum=0.0)
    delete_sources: bool = False
    dry_run: bool = False
    resume: bool = True
    workers: int = limited(0, minimum=0)
    scheduler: str = ""
    seed: int = limited(42, minimum=0)

    def band_names(self) -> Tuple[str, ...]:
        """The bands, with a set's name replaced by what it stands for."""
        if len(self.bands) == 1 and self.bands[0].lower() in BAND_SETS:
            return BAND_SETS[self.bands[0].lower()]
        return self.bands or BAND_SETS["all"]

    def validate(self) -> None:
        """Check the fields, the bands' names, and what depends on each other."""
        super().validate()
        known = BAND_SETS["all"]
        for name in self.band_names():
            if name not in known:
                raise InvalidRequest(
                    f"BANDS has {name!r}.",
                    f"Bands are {', '.join(known)}; sets are {', '.join(BAND_SETS)}.",
                )
        if len(set(self.band_names())) < len(self.band_names()):
            raise InvalidRequest(f"BANDS is {self.bands}.", "Name each band once.")
        if self.fraction <= 0:
            raise InvalidRequest(f"FRACTION is {self.fraction}.", "Give a number above 0.")
        if (self.splits == "files") != bool(self.split_files):
            raise InvalidRequest(
                f"SPLITS is {self.splits!r} and SPLIT_FILES has {len(self.split_files)} files.",
                "Give SPLIT_FILES exactly where SPLITS is 'files'.",
            )
