# SPDX-License-Identifier: GPL-3.0-or-later
"""BigEarthNet patches: names, pairs, footprints, splits, the patch index, and their pixels."""
