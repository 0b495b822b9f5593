# SPDX-License-Identifier: GPL-3.0-or-later
"""RESUME: whether a mapping run may go on where an earlier one was cut off."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from .. import __version__
from ..contract.copies import lasting
from ..contract.jobs.map_settings import MapRequest
from ..core.address import archive_of, gdal_name, is_address
from ..core.files import on_disk
from ..core.map_format import MapFormat
from ..core.stamps import stamp_of
from ..core.storage import Storage
from ..inference.journal import Journal, check_same, journal_beside, read_start
from ..inference.settings import ChunkSettings, Wishes
from ..scenes.source import shown
from ..scenes.virtual import files_of

# They decide what is chosen, and what was chosen is in the journal.
_NO_MATTER = ("resume", "max_memory_mb")


@dataclass(frozen=True)
class Resumption:
    """A run that keeps a journal.

    Args:
        path: The journal.
        facts: All that decides what the maps hold.
        before: Settings of the unfinished run; None if there is none.
    """

    path: Path
    facts: Dict[str, Any]
    before: Optional[Dict[str, Any]]

    def wishes(self, wishes: Wishes, task: str) -> Wishes:
        """``wishes``, but with the chunks of the unfinished run."""
        if self.before is None:
            return wishes
        chosen = replace(wishes, chunk_size=self.before["core"], batch_size=self.before["batch"])
        # The OVERLAP of a model of patches is that of patches: it was asked for, never chosen.
        return chosen if task == "patch" else replace(chosen, overlap=self.before["halo"])

    def open(
        self, settings: ChunkSettings, device: str, formats: Mapping[str, MapFormat]
    ) -> Journal:
        """Open the journal, or begin it.

        Raises:
            OtherSettings: The unfinished run was on another device.
            UnwritablePath: It cannot be written.
        """
        if self.before is not None:
            check_same(self.path, {"the device": self.before["device"]}, {"the device": device})
        chosen = {"core": settings.plan.core, "halo": settings.plan.halo,
                  "batch": settings.batch_size, "device": device}  # fmt: skip
        return Journal(self.path, {"facts": self.facts, "settings": chosen}, formats)


def resumption(
    request: MapRequest, model_sha256: str, sources: Sequence[str]
) -> Optional[Resumption]:
    """Look for an unfinished run of the same request; None if RESUME is off.

    Raises:
        OtherSettings: There is one of another request, model or input.
        UnreachableStorage: An input at an address cannot be asked whether it is the same.
        UnwritablePath: The maps shall go to an address.
    """
    if not request.resume:
        return None
    path = journal_beside(on_disk(request.main))
    facts = {**_asked(request), "the model": model_sha256, "Coverloom": __version__}
    facts.update(_stamps((*sources, *request.inputs())))
    facts = json.loads(json.dumps(facts))
    start = read_start(path)
    if start is None:
        return Resumption(path, facts, None)
    check_same(path, start["facts"], facts)
    return Resumption(path, facts, start["settings"])


def forget(request: MapRequest, journal: Optional[Journal]) -> None:
    """Delete the journal of a run that is complete, or an older one that it makes void."""
    if journal is not None:
        journal.remove()
    else:
        journal_beside(Path(request.main)).unlink(missing_ok=True)


def _asked(request: MapRequest) -> Dict[str, Any]:
    """What decides the maps, by the API's keys: of an output that it is asked for, not where.

    A dialog gives each output that is left to it another temporary name in every run.
    """
    fields = {k.upper(): lasting(v) for k, v in asdict(request).items() if k not in _NO_MATTER}
    return {**fields, **{name.upper(): "asked for" for name in request.outputs()}}


def _stamps(names: Sequence[str]) -> Dict[str, Optional[str]]:
    """What tells each file that is read from the one that was there before."""
    storage, stamps = Storage(), {}
    files: List[str] = [file for name in names for file in (name, *files_of(name))]
    plain = [gdal_name(f) if is_address(f) else archive_of(f) or f for f in files]
    for name in dict.fromkeys(plain):
        # A folder is what is read of it: asking for the folder itself would be one request more.
        if not any(file.startswith(f"{name.rstrip('/')}/") for file in plain):
            stamps[f"the file {lasting(shown(name))}"] = stamp_of(name, storage)
    return stamps
