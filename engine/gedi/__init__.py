# SPDX-License-Identifier: GPL-3.0-or-later
"""GEDI footprints: from granules to tables, and to windows of every source around each."""
