# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a training needs to go on as if it had never been stopped, in one file.

Weights, batch statistics and the state of random layers; the optimizer's moments; and what the
loop knows. NumPy arrays and JSON, the same for every backend.
"""

from __future__ import annotations

import dataclasses
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional

import numpy as np

from ..contract.errors import DamagedRun, OtherSettings
from ..core.files import Staging

if TYPE_CHECKING:
    import keras

_STATE = "state"


@dataclass
class State:
    """What the loop knows between two epochs.

    Args:
        epoch: Epochs finished.
        batch: Windows a step.
        best: The best validation score so far; None before the first.
        since_best: Validations since then.
        rate: Factor on the learning rate, of the schedule ``plateau``.
        since_drop: Validations without a better one since the rate was last halved.
        halved: Whether the batch was halved for lack of memory.
        stopped: Whether patience has ended.
        history: One dict an epoch.
    """

    epoch: int = 0
    batch: int = 32
    best: Optional[float] = None
    since_best: int = 0
    rate: float = 1.0
    since_drop: int = 0
    halved: bool = False
    stopped: bool = False
    history: List[Dict[str, float]] = field(default_factory=list)


def save_checkpoint(path: Path, model: keras.Model, optimizer: Any, state: State) -> None:
    """Write a checkpoint whole, in place of the one before."""
    arrays = {f"v{i}": _array(v) for i, v in enumerate(model.variables)}
    arrays.update({f"o{i}": _array(v) for i, v in enumerate(optimizer.variables)})
    arrays[_STATE] = np.frombuffer(json.dumps(dataclasses.asdict(state)).encode(), np.uint8)
    with Staging() as staging:
        np.savez(staging.path(path), **arrays)
        staging.publish()


def load_state(path: Path) -> Optional[State]:
    """What the loop knew; None if there is no checkpoint.

    Raises:
        DamagedRun: The file is damaged.
    """
    if not path.exists():
        return None
    try:
        with np.load(path) as stored:
            return State(**json.loads(stored[_STATE].tobytes()))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise _damaged(path, error) from error


def load_variables(path: Path, model: keras.Model, optimizer: Any) -> None:
    """Put a checkpoint's numbers into a network and its optimizer, which must be built.

    Raises:
        DamagedRun: The file is damaged.
        OtherSettings: They are of another network.
    """
    try:
        with np.load(path) as stored:
            for letter, variables in (("v", model.variables), ("o", optimizer.variables)):
                count = sum(name[0] == letter and name != _STATE for name in stored.files)
                if count != len(variables):
                    raise OtherSettings(
                        f"{path} is of another network.", "Give another folder for the run."
                    )
                for i, variable in enumerate(variables):
                    variable.assign(stored[f"{letter}{i}"])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise _damaged(path, error) from error


def _array(variable: Any) -> Any:
    from keras import ops

    return ops.convert_to_numpy(variable.value)


def _damaged(path: Path, error: Exception) -> DamagedRun:
    return DamagedRun(
        f"The checkpoint {path} cannot be read: {error}.", "Train again in another folder."
    )
