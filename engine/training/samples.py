# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled patches in memory, and the order and orientation in which a network sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import InvalidRequest
from ..core.band import Band

IGNORE = 255


@dataclass(frozen=True)
class Samples:
    """Patches of one split.

    Args:
        pixels: (N, H, W, C), as stored: DN, dB.
        labels: (N, H, W) uint8 class ids, 255 where there is none.
    """

    pixels: NDArray[np.generic]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def check(self, what: str, classes: int) -> None:
        """See that there is something to learn from.

        Raises:
            InvalidRequest: No patches, or labels of fewer than two of ``classes`` classes.
        """
        if not len(self):
            raise InvalidRequest(f"The {what} split is empty.", "Give an archive that has one.")
        present = np.flatnonzero(np.bincount(self.labels.ravel(), minlength=256)[:IGNORE])
        if present.size and present[-1] >= classes:
            raise InvalidRequest(
                f"The {what} labels hold class {present[-1]}; there are {classes} classes.",
                "Use labels of the same nomenclature.",
            )
        if present.size < 2:
            raise InvalidRequest(
                f"The {what} labels hold {present.size} classes.", "At least two are needed."
            )


def normalise(pixels: NDArray[np.generic], bands: Sequence[Band]) -> NDArray[np.float32]:
    """Stored numbers to network input, by each band's scale, offset, mean and std.

    Args:
        pixels: (..., C).
        bands: The C bands.
    """
    factor = np.array([band.factor for band in bands], np.float32)
    shift = np.array([band.shift for band in bands], np.float32)
    normalised: NDArray[np.float32] = pixels.astype(np.float32) * factor + shift
    return normalised


def shuffled_batches(
    samples: Samples, size: int, crop: int, rng: np.random.Generator
) -> Iterator[Tuple[NDArray[np.generic], NDArray[np.uint8]]]:
    """One pass over as many random crops as have the area of all patches.

    Crops, because one patch is often all forest or all sea: batch normalisation needs batches of
    many places to see what is common, and many small crops cost no more than a few whole patches.
    Each batch is flipped and turned at random.

    Args:
        samples: What to draw from.
        size: Crops a batch.
        crop: Side of a crop, px.
        rng: Source of order, place and orientation.

    Yields:
        (size, crop, crop, C) pixels and (size, crop, crop) labels.
    """
    height, width = samples.labels.shape[1:]
    for chosen in rng.permutation(crops_in_pass(samples, crop) // size * size).reshape(-1, size):
        windows = [
            (
                index % len(samples),
                slice(top := int(rng.integers(height - crop + 1)), top + crop),
                slice(left := int(rng.integers(width - crop + 1)), left + crop),
            )
            for index in chosen
        ]
        pixels = np.stack([samples.pixels[window] for window in windows])
        labels = np.stack([samples.labels[window] for window in windows])
        turns, flip = int(rng.integers(4)), bool(rng.integers(2))
        pixels, labels = np.rot90(pixels, turns, (1, 2)), np.rot90(labels, turns, (1, 2))
        if flip:
            pixels, labels = pixels[:, :, ::-1], labels[:, :, ::-1]
        yield np.ascontiguousarray(pixels), np.ascontiguousarray(labels)


def crops_in_pass(samples: Samples, crop: int) -> int:
    """How many crops have the area of all patches, rounded."""
    height, width = samples.labels.shape[1:]
    return round(len(samples) * height * width / crop**2)
