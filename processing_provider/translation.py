# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way to translate a text: ``tr("Class of {}").format(name)``, in this order."""

from qgis.PyQt.QtCore import QCoreApplication


def tr(text: str) -> str:
    """The text in the user's language; in English where there is no translation."""
    return QCoreApplication.translate("Coverloom", text)
