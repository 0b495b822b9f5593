# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be installed, how large it is, and which of it suits this machine."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Dict, NamedTuple, Sequence

from ..contract.errors import DeviceUnavailable, NotEnoughDisk
from .gpu import Gpu

_MB = 1_000_000


class Size(NamedTuple):
    """MB to download, and MB on the disk when installed."""

    download_mb: int
    installed_mb: int


# Linux x86_64, the largest: map-cpu and train-cpu measured with pip, which takes a tenth more than
# uv, and import with uv, a tenth added; the others with the CUDA packages, measured apart.
SIZES: Dict[str, Size] = {
    "map-cpu": Size(300, 1050),
    "map-gpu": Size(1850, 3500),
    "train-cpu": Size(640, 2700),
    "train-gpu": Size(4100, 8200),
    # torch comes with CUDA on Linux: 3.6 of the GB installed, although it is used on the CPU.
    "import": Size(3100, 6500),
}


def choose_tier(wanted: str, gpus: Sequence[Gpu], platform: str = sys.platform) -> str:
    """The tier to install: the one asked for; for ``auto``, map-gpu where there is a GPU.

    Raises:
        DeviceUnavailable: A GPU tier is asked for on a system that has no packages for it.
    """
    if wanted == "auto":
        return "map-gpu" if gpus and platform != "darwin" else "map-cpu"
    if wanted.endswith("-gpu") and platform == "darwin":
        raise DeviceUnavailable(
            f"The tier {wanted} needs NVIDIA's CUDA, which macOS does not have.",
            f"Use {wanted.replace('gpu', 'cpu')}.",
        )
    return wanted


def check_disk(folder: Path, tier: str, downloads: bool) -> None:
    """Refuse a build that would fill the disk, before it starts.

    Args:
        folder: An existing folder on the disk in question.
        tier: What will be installed.
        downloads: Whether wheels are downloaded as well, and kept by the installer's cache.

    Raises:
        NotEnoughDisk: The free space is less than the tier's size.
    """
    size = SIZES[tier]
    needed = (size.installed_mb + (size.download_mb if downloads else 0)) * _MB
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NotEnoughDisk(
            f"The tier {tier} needs {needed / 1e9:.1f} GB, and {folder} has {free / 1e9:.1f} GB.",
            "Free some space, or set COVERLOOM_RUNTIME to a folder on another disk.",
        )
