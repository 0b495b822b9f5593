# SPDX-License-Identifier: GPL-3.0-or-later
"""K-Branch CNN: one branch for each native resolution of Sentinel-2, fused for the whole patch.

After the code published with BigEarthNet (Sumbul et al. 2019, doi:10.1109/IGARSS.2019.8900532). One
stack of bands on the 10 m grid goes in; the branches of coarser bands see it averaged back to the
px that were measured, which undoes nearest-neighbour enlargement exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Sequence, Tuple

from ..engine.contract.errors import InvalidRequest
from .architecture import Architecture, scaled
from .heads import patch_logits

if TYPE_CHECKING:
    import keras

# Native px to px of the 10 m grid, the bands, and layers: (kernel side, channels, pooled after).
_Layer = Tuple[int, int, bool]
BRANCHES: Dict[int, Tuple[Tuple[str, ...], Tuple[_Layer, ...]]] = {
    1: (
        ("B04", "B03", "B02", "B08", "VV", "VH"),
        ((5, 32, True), (5, 32, True), (3, 64, False)),
    ),
    2: (
        ("B05", "B06", "B07", "B8A", "B11", "B12"),
        ((3, 32, True), (3, 32, False), (3, 64, False)),
    ),
    6: (("B01", "B09"), ((2, 32, False), (2, 32, False), (2, 32, False))),
}
_SENTINEL2 = tuple(n for names, _ in BRANCHES.values() for n in names if n not in ("VV", "VH"))
_FEATURES = 128
_DECAY = 2e-5


def build(
    bands: int,
    classes: int,
    band_names: Sequence[str] = _SENTINEL2,
    patch: Tuple[int, int] = (120, 120),
    width: float = 1.0,
) -> keras.Model:
    """Build the network, with fresh weights from Keras's global seed.

    With the twelve bands of Sentinel-2 and 19 classes it has 16,524,979 parameters, with 43
    classes 16,528,075.

    Args:
        bands: Input channels; as many as ``band_names``.
        classes: Output channels.
        band_names: Names of the input channels, in order; each resolution at least once.
        patch: (height, width) in px of the 10 m grid, multiples of 12.
        width: Factor on all channel widths.

    Returns:
        (N, height, width, bands) float32 to (N, classes) float32 logits.
    """
    import keras

    check_bands(band_names)
    inputs = keras.Input((*patch, bands), name="input")
    parts = [
        _branch(inputs, scale, _channels(band_names, names), layers, width)
        for scale, (names, layers) in BRANCHES.items()
    ]
    x = keras.layers.Concatenate(name="fuse")(parts)
    x = _features(x, "fused", width)
    x = keras.layers.Dropout(0.5, name="drop_head")(x)
    return keras.Model(inputs, patch_logits(x, classes), name="kbranch")


def check_bands(band_names: Sequence[str]) -> None:
    """See that every branch gets a band, and every band a branch.

    Raises:
        InvalidRequest: Not so.
    """
    known = [name for names, _ in BRANCHES.values() for name in names]
    strange = [name for name in band_names if name not in known]
    if strange:
        raise InvalidRequest(
            f"kbranch has no branch for band {strange[0]!r}.", f"It takes {', '.join(known)}."
        )
    for scale, (names, _) in BRANCHES.items():
        if not _channels(band_names, names):
            raise InvalidRequest(
                f"kbranch gets no band of {10 * scale} m.", f"Add one of {', '.join(names)}."
            )


def _channels(band_names: Sequence[str], wanted: Sequence[str]) -> List[int]:
    return [list(band_names).index(name) for name in wanted if name in band_names]


def _branch(
    inputs: Any, scale: int, channels: List[int], layers: Sequence[_Layer], width: float
) -> Any:
    import keras

    name = f"m{10 * scale}"
    x = keras.ops.take(inputs, channels, axis=-1)
    if scale > 1:
        x = keras.layers.AveragePooling2D(scale, name=f"{name}_native")(x)
    for number, (side, filters, pooled) in enumerate(layers):
        x = _normed(
            keras.layers.Conv2D,
            (scaled(filters, width), side),
            {"padding": "same"},
            f"{name}_conv{number}",
        )(x)
        if pooled:
            x = keras.layers.MaxPooling2D(2, name=f"{name}_pool{number}")(x)
        x = keras.layers.Dropout(0.25, name=f"{name}_drop{number}")(x)
    return _features(keras.layers.Flatten(name=f"{name}_flat")(x), name, width)


def _features(x: Any, name: str, width: float) -> Any:
    import keras

    x = _normed(keras.layers.Dense, (scaled(_FEATURES, width),), {}, f"{name}_fc")(x)
    return keras.layers.Dropout(0.5, name=f"{name}_drop")(x)


def _normed(
    layer: Any, sizes: Tuple[int, ...], options: Dict[str, Any], name: str
) -> Callable[[Any], Any]:
    """A layer, batch normalisation and ReLU."""
    import keras

    def apply(x: Any) -> Any:
        decay = keras.regularizers.L2(_DECAY)
        x = layer(*sizes, kernel_regularizer=decay, name=name, **options)(x)
        x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
        return keras.layers.ReLU(name=f"{name}_relu")(x)

    return apply


KBRANCH = Architecture(
    build=build,
    task="patch",
    stride=12,
    dynamic_space=False,
    options=("band_names", "patch", "width"),
    smallest=24,
    check_bands=check_bands,
)
