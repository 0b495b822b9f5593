# SPDX-License-Identifier: GPL-3.0-or-later
"""The border between QGIS and the worker: requests, events, errors. Standard library only."""
