# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens an algorithm's dialog, as the Toolbox does."""

from __future__ import annotations

from qgis import processing

# A dialog without a Python reference disappears while it is open.
_OPEN = []


def open_algorithm(name: str) -> None:
    """Show the dialog of ``coverloom:<name>`` and come back at once."""
    dialog = processing.createAlgorithmDialog(f"coverloom:{name}", {})
    if dialog is None:
        return
    _OPEN.append(dialog)
    dialog.destroyed.connect(_forget_closed)
    dialog.show()


def _forget_closed() -> None:
    from qgis.PyQt import sip

    _OPEN[:] = [dialog for dialog in _OPEN if not sip.isdeleted(dialog)]
