# SPDX-License-Identifier: GPL-3.0-or-later
"""The Processing algorithms: parameters become one request, the worker does the work."""
