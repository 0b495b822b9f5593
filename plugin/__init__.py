# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop shows besides the Toolbox."""
