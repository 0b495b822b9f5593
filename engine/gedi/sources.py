# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of scenes and tiles: kept open, warped onto a window's grid, read again after a fault."""

from __future__ import annotations

import time
from collections import OrderedDict
from functools import lru_cache
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT

from ..contract.errors import UnreadableAsset
from ..core.gdal_store import store_settings
from ..core.grid import Grid
from ..core.storage import is_remote
from .aligned import Fit, cut_for, fit_of, resample
from .raster import Raster
from .side_by_side import mosaic_of

Sign = Callable[[str, str], str]
Pixels = npt.NDArray[Any]
# GDAL's own retries cover answers such as 503; a body cut short is this module's to read again.
_SETTINGS: Dict[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_MAX_RETRY": 4,
    "GDAL_HTTP_RETRY_DELAY": 0.5,
    "GDAL_HTTP_TIMEOUT": 60,
    "GDAL_HTTP_CONNECTTIMEOUT": 20,
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "GDAL_CACHEMAX": 160 << 20,
    # A file's own cache, of which many files are open; GDAL would allow each 25 MB.
    "VSI_CACHE": True,
    "VSI_CACHE_SIZE": 4 << 20,
    # A closed file is forgotten, so that a body cut short is asked for again.
    "CPL_VSIL_CURL_NON_CACHED": "/vsicurl/:/vsis3/",
}
_ATTEMPTS, _WAIT_S = 4, 0.3


def settings() -> Dict[str, Any]:
    """GDAL's settings while files are read."""
    return {**_SETTINGS, **store_settings()}


class Sources:
    """Open files, the least recently used closed first; for one thread.

    Args:
        sign: Gives the address under which an asset can be read.
        most: Files kept open.
    """

    def __init__(self, sign: Sign, most: int = 64) -> None:
        self._sign, self._most = sign, most
        self._open: OrderedDict[Tuple[str, ...], Raster] = OrderedDict()
        self._crs_of: Dict[str, str] = {}
        self.opened = 0

    def grid(self, href: str, signing: str) -> Grid:
        """A file's grid; raises as ``read``."""
        found: Grid = self._tried((href,), signing, lambda raster: raster.grid)
        return found

    def read(
        self,
        hrefs: Sequence[str],
        signing: str,
        grid: Grid,
        resampling: Resampling,
        nodata: Optional[float] = None,
    ) -> Pixels:
        """The first band of a file, or of tiles side by side, on a grid.

        Args:
            hrefs: The file, or the tiles.
            signing: How their addresses are signed.
            grid: Where to.
            resampling: How.
            nodata: What pixels outside the files get, and means no measurement in them if they
                do not say themselves.

        Returns:
            ``(H, W)`` in the files' dtype.

        Raises:
            UnreadableAsset: A file is missing, cut, or no raster.
        """
        found: Pixels = self._tried(
            tuple(hrefs),
            signing,
            lambda raster: (
                self._unwarped(raster, grid, resampling, nodata)
                if len(hrefs) == 1
                else _warped(raster, grid, resampling, nodata)
            ),
        )
        return found

    def stack(self, hrefs: Sequence[str], signing: str, grid: Grid, nodata: float) -> Pixels:
        """Bands on one grid, interpolated bilinearly; the same numbers as ``read`` gives of each.

        Args:
            hrefs: A file a band.
            signing: How their addresses are signed.
            grid: Where to.
            nodata: As for ``read``.

        Returns:
            ``(C, H, W)``.

        Raises:
            UnreadableAsset: A file is missing, cut, or no raster.
        """
        layers: List[Pixels] = [np.empty(0)] * len(hrefs)
        # Bands of one resolution and type are interpolated together: half of the time of doing it
        # for so small a window is in calling NumPy.
        alike: Dict[Tuple[Fit, Any], List[int]] = {}
        fits: Dict[Tuple[int, Any, str], Optional[Fit]] = {}

        def cut(raster: Raster) -> Tuple[Optional[Fit], Pixels]:
            place = (raster.grid.width, raster.grid.transform, raster.grid.crs)
            if place not in fits:
                fits[place] = fit_of(raster.grid, grid, True)
            fit = fits[place] if _gap(raster, nodata) == nodata else None
            pixels = None if fit is None else cut_for(raster, fit, nodata)
            if fit is None or pixels is None:
                return None, _warped(raster, grid, Resampling.bilinear, nodata)
            return fit, pixels

        for i, href in enumerate(hrefs):
            fit, layers[i] = self._tried((href,), signing, cut)
            if fit is not None:
                alike.setdefault((fit, layers[i].dtype), []).append(i)
        for (fit, _), members in alike.items():
            bands = resample(np.stack([layers[i] for i in members]), fit)
            for i, band in zip(members, bands):
                layers[i] = band
        return np.stack(layers)

    @staticmethod
    def _unwarped(
        raster: Raster, grid: Grid, resampling: Resampling, nodata: Optional[float]
    ) -> Pixels:
        """Without a warp where that gives the same numbers."""
        gap = _gap(raster, nodata)
        fit = (
            fit_of(raster.grid, grid, resampling == Resampling.bilinear) if gap == nodata else None
        )
        pixels = None if fit is None else cut_for(raster, fit, gap)
        if fit is None or pixels is None:
            return _warped(raster, grid, resampling, nodata)
        found: Pixels = resample(pixels[None], fit)[0]
        return found

    def close(self) -> None:
        """Close all files."""
        while self._open:
            self._open.popitem()[1].close()

    def forget(self, hrefs: Sequence[str]) -> None:
        """Leave files open, but give back the memory of their pixels."""
        for href in hrefs:
            if (href,) in self._open:
                self._open[href,].forget()

    def _tried(self, hrefs: Tuple[str, ...], signing: str, use: Callable[[Any], Any]) -> Any:
        attempts = _ATTEMPTS if any(is_remote(href) for href in hrefs) else 1
        for attempt in range(attempts):
            try:
                return use(self._raster(hrefs, signing))
            except (RasterioError, OSError) as error:
                self.close()  # GDAL keeps what it has read, broken or not
                if attempt + 1 == attempts:
                    raise UnreadableAsset(
                        f"{', '.join(hrefs)} cannot be read: {error}.", "Get the file again."
                    ) from error
                time.sleep(_WAIT_S * 2**attempt)
        raise UnreadableAsset(f"{hrefs} was not tried.", "Allow at least one attempt.")

    def _raster(self, hrefs: Tuple[str, ...], signing: str) -> Raster:
        if hrefs in self._open:
            self._open.move_to_end(hrefs)
            return self._open[hrefs]
        while len(self._open) >= self._most:
            self._open.popitem(last=False)[1].close()
        addresses = [self._sign(href, signing) for href in hrefs]
        self.opened += len(addresses)
        source = rasterio.open(addresses[0] if len(addresses) == 1 else mosaic_of(addresses))
        # A CRS is asked for once a file: building it costs more than reading a window.
        if hrefs[0] not in self._crs_of:
            self._crs_of[hrefs[0]] = source.crs.to_string() if source.crs else ""
        grid = Grid(source.width, source.height, source.transform, self._crs_of[hrefs[0]])
        self._open[hrefs] = Raster(source, grid)
        return self._open[hrefs]


def _gap(raster: Raster, nodata: Optional[float]) -> Optional[float]:
    """The number that means no measurement: what the file says, else ``nodata``."""
    return nodata if raster.nodata is None else float(raster.nodata)


def _warped(raster: Raster, grid: Grid, resampling: Resampling, nodata: Optional[float]) -> Pixels:
    gap = _gap(raster, nodata)
    with WarpedVRT(
        raster.source,
        crs=_crs(grid.crs),
        transform=grid.transform,
        width=grid.width,
        height=grid.height,
        resampling=resampling,
        src_nodata=gap,
        nodata=gap,
    ) as view:
        pixels: Pixels = view.read(1)
    if gap is not None and nodata is not None and gap != nodata:
        pixels = np.where(pixels == gap, pixels.dtype.type(nodata), pixels)
    return pixels


@lru_cache(maxsize=64)
def _crs(text: str) -> CRS:
    """Parsed once: that costs as much as reading a window."""
    return CRS.from_user_input(text)
