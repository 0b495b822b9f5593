# SPDX-License-Identifier: GPL-3.0-or-later
"""Algorithms of the group Datasets."""

GROUP = "datasets"
