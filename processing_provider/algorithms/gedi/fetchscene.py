# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:fetchscene."""

from __future__ import annotations

from typing import List

from ... import gedi_parameters, outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class FetchScene(CoverloomAlgorithm):
    """Fetches the least cloudy scene of an area and a time."""

    NAME, GROUP = "fetchscene", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Fetch a scene")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """Where, when, and from which catalogue."""
        job = self.request_class
        more = [
            parameters.text("COLLECTION", tr("Collection"), "sentinel-2-l2a"),
            parameters.real_number("RESOLUTION", tr("Pixel size, metres"), job),
            parameters.choice("SIGNING", tr("Signing of addresses"), job),
        ]
        return [
            parameters.text("CATALOG", tr("Catalogue"), "planetary-computer", optional=False),
            gedi_parameters.extent("EXTENT", tr("Extent")),
            parameters.text("START", tr("First day (YYYY-MM-DD)"), optional=False),
            parameters.text("END", tr("Last day (YYYY-MM-DD)"), optional=False),
            parameters.real_number("MAX_CLOUD", tr("Cloud cover below, per cent"), job),
            parameters.names("BANDS", tr("Bands, empty for all")),
            *map(parameters.advanced, more),
        ]

    def gives(self) -> List[Outcome]:
        """The scene on the canvas, and what it is."""
        return [
            outputs.map_layer("OUTPUT", tr("Scene"), optional=False),
            outputs.text("SCENES", tr("Products")),
            outputs.text("DATE", tr("Day")),
            outputs.number("CLOUD", tr("Cloud cover, per cent")),
        ]
