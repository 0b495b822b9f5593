# SPDX-License-Identifier: GPL-3.0-or-later
"""All that computes; free of QGIS, so that it runs on a cluster node as it does on a desktop."""

__version__ = "0.1.0"
