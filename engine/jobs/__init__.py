# SPDX-License-Identifier: GPL-3.0-or-later
"""One file a job: ``run(request, emit)`` composes stages and returns the outputs, nothing else."""
