# SPDX-License-Identifier: GPL-3.0-or-later
"""Algorithms of the group Datasets that begin with GEDI footprints, and the fetching of scenes."""

GROUP = "datasets"
