# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated landscapes, seen as Sentinel-1 and Sentinel-2 would see them."""
