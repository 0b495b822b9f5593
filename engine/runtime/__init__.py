# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's environment: building it, and finding out what it can do on this machine.

All but ``trial`` is standard library only: it runs before there is an environment.
"""
