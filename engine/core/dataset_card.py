# SPDX-License-Identifier: GPL-3.0-or-later
"""The dataset card: all that is needed to use a dataset, in its ``dataset.json``."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ..contract.errors import InvalidCard
from .classes import ClassScheme

SCHEMA = 1
NAME = "dataset.json"
IGNORE = 255
LABELS = ("pixels", "scene", "both", "none")
DTYPES = ("float32", "float16", "uint16", "uint8")
SCALINGS = ("none", "zscore", "minmax", "reflectance")
_REMEDY = "Export or convert the dataset again."


@dataclass(frozen=True)
class DatasetBand:
    """One band: where it is stored, how to get its measurement back, and its statistics.

    ``stored * scale + offset`` is the measurement in ``unit``; where ``scaling`` is ``minmax``
    each patch's own limits come first (``engine/datasets/encoding.py``).

    Args:
        name: ``B02``, ``VV``, ….
        array: Name of the stored array that has it as one of its channels.
        unit: Unit of the measurement: ``DN``, ``dB``, …; statistics are in it too.
        scale: Factor from stored numbers to ``unit``.
        offset: Added after ``scale``, in ``unit``.
        mean: Mean over the training split, or an official one.
        std: Standard deviation likewise; above 0.
        minimum, maximum: Range over all patches; None if not known.
    """

    name: str
    array: str
    unit: str = "DN"
    scale: float = 1.0
    offset: float = 0.0
    mean: float = 0.0
    std: float = 1.0
    minimum: Optional[float] = None
    maximum: Optional[float] = None


@dataclass(frozen=True)
class DatasetFile:
    """One shard.

    Args:
        path: Relative to the card, with ``/``.
        split: The split its patches belong to.
        count: Patches in it.
        size: Bytes.
        crc32c: CRC-32C (Castagnoli) of the whole file, eight hexadecimal digits.
    """

    path: str
    split: str
    count: int
    size: int
    crc32c: str


@dataclass(frozen=True)
class DatasetTarget:
    """The number that a regression is to learn for each pixel.

    Args:
        name: ``AGBD``, ….
        unit: Its unit.
        nodata: Stored number of pixels without one, which no loss or score may count.
        mean: Mean over the training split, in ``unit``.
        std: Standard deviation likewise; above 0.
        minimum, maximum: Range over all patches; None if not known.
    """

    name: str
    unit: str
    nodata: float
    mean: float = 0.0
    std: float = 1.0
    minimum: Optional[float] = None
    maximum: Optional[float] = None


@dataclass(frozen=True)
class DatasetCard:
    """What a dataset says of itself.

    Args:
        name: Title for people.
        format: A name of ``FORMATS``.
        compression: ``none``, ``gzip`` or ``lzf``.
        bands: In the order of the channels of their arrays.
        dtype: Of the stored arrays.
        scaling: What was done to the measurements before storing.
        patch: (height, width) px.
        resolution: Pixel size in CRS units; None if patches differ.
        labels: ``pixels``, ``scene``, ``both`` or ``none``.
        classes: In the order of label values; None without labels.
        splits: Patches in each split.
        histogram: Split to pixels of each class, and of ``ignore`` as the last number; counts
            patches instead of pixels where ``labels`` is ``scene``.
        files: The shards, in the order of patch numbers.
        target: What a regression is to learn; None for a dataset of classes.
        failed: Patches that could not be written.
        statistics: Where mean and std come from: ``train`` or ``official``.
        provenance: Request, versions, sources, leakage of splits: shown, never computed with.
    """

    name: str
    format: str
    bands: Tuple[DatasetBand, ...]
    patch: Tuple[int, int]
    dtype: str = "float32"
    compression: str = "none"
    scaling: str = "none"
    resolution: Optional[float] = None
    labels: str = "none"
    classes: Optional[ClassScheme] = None
    splits: Dict[str, int] = field(default_factory=dict)
    histogram: Dict[str, List[int]] = field(default_factory=dict)
    files: Tuple[DatasetFile, ...] = ()
    target: Optional[DatasetTarget] = None
    failed: int = 0
    statistics: str = "train"
    provenance: Dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _one_of("labels", self.labels, LABELS)
        _one_of("dtype", self.dtype, DTYPES)
        _one_of("scaling", self.scaling, SCALINGS)
        _check_bands(self.bands)
        if min(self.patch) < 1:
            raise InvalidCard(f"The dataset's patch is {self.patch}.", "Give height and width.")
        if (self.labels == "none") != (not self.classes or not len(self.classes)):
            raise InvalidCard(f"Labels are {self.labels!r}, but the classes disagree.", _REMEDY)
        counted: Dict[str, int] = dict.fromkeys(self.splits, 0)
        for file in self.files:
            counted[file.split] = counted.get(file.split, 0) + file.count
        if self.files and counted != self.splits:
            raise InvalidCard(f"The files hold {counted}, the card says {self.splits}.", _REMEDY)

    @property
    def task(self) -> str:
        """``regression`` where there is a number to learn, else ``classification``."""
        return "regression" if self.target else "classification"

    @property
    def arrays(self) -> Dict[str, Tuple[str, ...]]:
        """Stored array to its bands, in channel order."""
        found: Dict[str, Tuple[str, ...]] = {}
        for band in self.bands:
            found[band.array] = (*found.get(band.array, ()), band.name)
        return found

    def band(self, name: str) -> DatasetBand:
        """The band called ``name``.

        Raises:
            InvalidCard: The dataset has no such band.
        """
        for band in self.bands:
            if band.name == name:
                return band
        raise InvalidCard(
            f"The dataset has no band {name!r}.",
            f"It has {', '.join(band.name for band in self.bands)}.",
        )

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form, with its schema number."""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        plain["bands"] = [dataclasses.asdict(band) for band in self.bands]
        plain["files"] = [dataclasses.asdict(file) for file in self.files]
        plain["classes"] = self.classes.to_list() if self.classes else None
        plain["target"] = dataclasses.asdict(self.target) if self.target else None
        plain["patch"] = list(self.patch)
        nomenclature = self.classes.nomenclature if self.classes else ""
        plain.update(task=self.task, nomenclature=nomenclature)
        return {"schema": SCHEMA, "kind": "dataset", **plain}

    def to_json(self) -> str:
        """The text of ``dataset.json``."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> DatasetCard:
        """Read and check a card.

        Raises:
            InvalidCard: No JSON, another schema, an unknown or unusable field.
        """
        try:
            content = json.loads(text)
        except ValueError as error:
            raise InvalidCard(f"The dataset's card is no JSON: {error}.", _REMEDY) from error
        fields = _known_fields(content)
        try:
            return cls(**_typed(fields))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidCard(f"The dataset's card cannot be used: {error!r}.", _REMEDY) from error


def _known_fields(content: Any) -> Dict[str, Any]:
    if not isinstance(content, dict) or content.get("kind") != "dataset":
        raise InvalidCard("The file is no dataset card.", "Give the folder of a dataset.")
    if content.get("schema") != SCHEMA:
        raise InvalidCard(
            f"The dataset's card has schema {content.get('schema')!r}; "
            f"this Coverloom reads {SCHEMA}.",
            "Update Coverloom, or export the dataset again.",
        )
    fields = {name: value for name, value in content.items() if name not in ("schema", "kind")}
    known = {f.name for f in dataclasses.fields(DatasetCard)} | {"nomenclature", "task"}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise InvalidCard(f"The dataset's card has unknown fields: {', '.join(unknown)}.", _REMEDY)
    return fields


def _typed(fields: Mapping[str, Any]) -> Dict[str, Any]:
    typed = dict(fields)
    nomenclature = str(typed.pop("nomenclature", ""))
    typed.pop("task", None)  # the target says it
    if fields.get("target") is not None:
        typed["target"] = DatasetTarget(**fields["target"])
    typed["bands"] = tuple(DatasetBand(**band) for band in fields["bands"])
    typed["files"] = tuple(DatasetFile(**file) for file in fields.get("files", ()))
    height, width = fields["patch"]
    typed["patch"] = (int(height), int(width))
    if fields.get("classes") is not None:
        typed["classes"] = ClassScheme.from_list(fields["classes"], nomenclature)
    return typed


def _one_of(what: str, value: Any, allowed: Tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidCard(
            f"The dataset's {what} is {value!r}.", f"It must be one of {', '.join(allowed)}."
        )


def _check_bands(bands: Tuple[DatasetBand, ...]) -> None:
    names = [band.name for band in bands]
    if not names:
        raise InvalidCard("The dataset has no bands.", _REMEDY)
    if len(set(names)) < len(names):
        raise InvalidCard(f"The dataset names a band twice: {', '.join(names)}.", _REMEDY)
    for band in bands:
        numbers = (band.scale, band.offset, band.mean, band.std)
        if not all(math.isfinite(n) for n in numbers) or band.std <= 0 or band.scale == 0:
            raise InvalidCard(f"Band {band.name} has unusable numbers {numbers}.", _REMEDY)
