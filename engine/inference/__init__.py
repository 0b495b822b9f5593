# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene through a network, chunk by chunk, with nothing changed by the chunking."""
