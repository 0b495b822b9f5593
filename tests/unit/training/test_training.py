# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores, logs, checkpoints and devices."""

from __future__ import annotations

import json
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from coverloom.engine.contract.errors import DamagedRun, OtherSettings
from coverloom.engine.training.checkpoint import (
    State,
    load_state,
    load_variables,
    save_checkpoint,
)
from coverloom.engine.training.device import is_out_of_memory
from coverloom.engine.training.scores import (
    accuracy,
    average_precision,
    class_scores,
    confusion_matrix,
    mean_iou,
)
from coverloom.engine.training.tensorboard import EventFile
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, average_precision_score, jaccard_score
from sklearn.metrics import confusion_matrix as sklearn_matrix
from sklearn.metrics import precision_recall_fscore_support as sklearn_scores


def test_scores_equal_scikit_learn():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 6, 500).astype(np.uint8)
    truth[::9] = 255
    predicted = rng.integers(0, 6, 500)
    kept = truth != 255
    ours = confusion_matrix(truth, predicted, 6)
    assert (ours == sklearn_matrix(truth[kept], predicted[kept], labels=range(6))).all()
    assert accuracy(ours) == pytest.approx(accuracy_score(truth[kept], predicted[kept]))
    expected = jaccard_score(truth[kept], predicted[kept], average="macro")
    assert mean_iou(ours) == pytest.approx(expected)
    precision, recall, f1, _ = sklearn_scores(truth[kept], predicted[kept])
    table = class_scores(ours)
    for name, column in (("precision", precision), ("recall", recall), ("f1", f1)):
        assert np.allclose(table[name], column)
    assert np.nanmean(table["iou"]) == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.integers(-4, 4)), min_size=1, max_size=40))
def test_average_precision_equals_scikit_learn(items):
    truth = np.array([hit for hit, _ in items], np.uint8)
    scores = np.array([score for _, score in items], np.float64)  # many are equal
    ours = average_precision(truth, scores)
    if not truth.any():
        assert np.isnan(ours)
        return
    assert ours == pytest.approx(average_precision_score(truth, scores))


def test_tensorflow_reads_our_event_files(tmp_path):
    log = EventFile(tmp_path / "logs")
    log.write(1, {"loss": 0.5, "miou": 0.25})
    log.write(300, {"loss": 0.125})
    (path,) = (tmp_path / "logs").iterdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        events = list(tf.compat.v1.train.summary_iterator(str(path)))
    assert events[0].file_version == "brain.Event:2"
    found = [(e.step, v.tag, v.simple_value) for e in events[1:] for v in e.summary.value]
    assert found == [(1, "loss", 0.5), (1, "miou", 0.25), (300, "loss", 0.125)]


def network(units=3):
    layers = [keras.layers.Dense(units), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def test_a_checkpoint_holds_all_that_decides_the_next_step(tmp_path):
    """Also the state of dropout, which is no weight."""
    keras.utils.set_random_seed(1)
    x, y = np.ones((8, 4), np.float32), np.ones((8, 1), np.float32)
    one, path = network(), tmp_path / "checkpoint.npz"
    one.train_on_batch(x, y)
    save_checkpoint(path, one, one.optimizer, State(epoch=3, batch=8, history=[{"loss": 1.5}]))
    keras.utils.set_random_seed(2)
    two = network()
    load_variables(path, two, two.optimizer)
    assert load_state(path) == State(epoch=3, batch=8, history=[{"loss": 1.5}])
    for _ in range(3):
        assert one.train_on_batch(x, y) == two.train_on_batch(x, y)
    assert all((a == b).all() for a, b in zip(one.get_weights(), two.get_weights()))


def test_a_bad_checkpoint_is_refused(tmp_path):
    model, path = network(), tmp_path / "checkpoint.npz"
    assert load_state(path) is None
    save_checkpoint(path, model, model.optimizer, State())
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    other.compile(keras.optimizers.Adam(0.1), "mse")
    other.optimizer.build(other.trainable_variables)
    with pytest.raises(OtherSettings, match="another network"):
        load_variables(path, other, other.optimizer)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DamagedRun, match=r"checkpoint\.npz"):
        load_state(path)
    assert json.dumps(vars(State()))  # what a checkpoint keeps of it


def test_running_out_of_memory_is_known_by_its_errors():
    # Provoking TensorFlow's own takes ten seconds: it tries again and again.
    text = "OOM when allocating tensor with shape[32,64,48,48]"
    assert is_out_of_memory(tf.errors.ResourceExhaustedError(None, None, text))
    assert is_out_of_memory(RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes."))
    with pytest.raises(MemoryError) as failed:
        np.empty((1 << 46,))
    assert is_out_of_memory(failed.value)
    assert not is_out_of_memory(ValueError("shapes differ"))
