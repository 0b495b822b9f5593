# SPDX-License-Identifier: GPL-3.0-or-later
"""The BigEarthNet v1 networks in TensorFlow's own operations, and checkpoints by its own Saver.

``Net.variable`` makes a variable where the makers' code has one, under its name, with random
numbers; what is computed is written from that code's description, not from Coverloom's graphs.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


class Net:
    """Makes variables with random numbers from one seed."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def variable(self, name, shape, low=None, high=None):
        if low is None:
            fan = np.prod(shape[:-1]) if len(shape) > 1 else 1
            values = self.rng.standard_normal(shape) * (np.sqrt(2 / fan) if fan > 1 else 0.1)
        else:
            values = self.rng.uniform(low, high, shape)
        return v1.get_variable(name, initializer=values.astype("f4"))

    def norm(self, x, scope, epsilon):
        with v1.variable_scope(scope):
            k = x.shape[-1]
            gamma, beta = self.variable("gamma", [k], 0.5, 1.5), self.variable("beta", [k])
            mean = self.variable("moving_mean", [k])
            variance = self.variable("moving_variance", [k], 0.5, 1.5)
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)


def kbranch(net, bands, classes, narrow):
    def conv(x, filters, side, name):
        with v1.variable_scope(name):
            kernel = net.variable("conv_layer/kernel", [side, side, x.shape[-1], filters])
            x = tf.nn.conv2d(x, kernel, 1, "SAME") + net.variable("conv_layer/bias", [filters])
            return tf.nn.relu(net.norm(x, "batch_norm", 1e-3))

    def dense(x, units, name):
        with v1.variable_scope(name):
            x = x @ net.variable("fc_layer/kernel", [x.shape[-1], units])
            return tf.nn.relu(
                net.norm(x + net.variable("fc_layer/bias", [units]), "batch_norm", 1e-3)
            )

    def pool(x):
        return tf.nn.max_pool2d(x, 2, 2, "VALID")

    plans = {
        10: ((5, 32, True), (5, 32, True), (3, 64, False)),
        20: ((3, 32, True), (3, 32, False), (3, 64, False)),
        60: ((2, 32, False), (2, 32, False), (2, 32, False)),
    }
    parts = []
    for metres, plan in plans.items():
        with v1.variable_scope(f"CNN_{metres}m_branch"):
            x = bands[metres]
            for number, (side, filters, pooled) in enumerate(plan):
                x = conv(x, filters // narrow, side, f"conv_block_{number}")
                x = pool(x) if pooled else x
            x = tf.reshape(x, [-1, np.prod(x.shape[1:])])
            parts.append(dense(x, 128 // narrow, "fc_block_0"))
    with v1.variable_scope("feature_fusion"):
        x = dense(tf.concat(parts, -1), 128 // narrow, "fc_block_0")
    with v1.variable_scope("classification/fc_layer"):
        return x @ net.variable("kernel", [x.shape[-1], classes]) + net.variable("bias", [classes])


def image_of(bands):
    enlarged = tf.raw_ops.ResizeBicubic(
        images=bands[20], size=[120, 120], align_corners=False, half_pixel_centers=False
    )
    return tf.concat([bands[10], enlarged], 3)


def resnet(net, bands, classes, narrow, units=(3, 4, 6, 3), name="resnet_v1_50"):
    def conv(x, filters, side, scope, stride=1):
        with v1.variable_scope(scope):
            kernel = net.variable("weights", [side, side, x.shape[-1], filters])
            if stride > 1 and side > 1:  # conv2d_same: padding by hand, then VALID
                before = (side - 1) // 2
                pads = [[0, 0], [before, side - 1 - before], [before, side - 1 - before], [0, 0]]
                x = tf.nn.conv2d(tf.pad(x, pads), kernel, stride, "VALID")
            else:
                x = tf.nn.conv2d(x, kernel, stride, "SAME")
            return net.norm(x, "BatchNorm", 1e-5)

    with v1.variable_scope(name):
        x = tf.nn.relu(conv(image_of(bands), 64 // narrow, 7, "conv1", 2))
        x = tf.nn.max_pool2d(x, 3, 2, "SAME")
        for block, count in enumerate(units, 1):
            deep = (32 << block) // narrow
            for unit in range(1, count + 1):
                stride = 2 if unit == count and block < 4 else 1
                with v1.variable_scope(f"block{block}/unit_{unit}/bottleneck_v1"):
                    shortcut = x[:, ::stride, ::stride]
                    if x.shape[-1] != 4 * deep:
                        shortcut = conv(x, 4 * deep, 1, "shortcut", stride)
                    y = tf.nn.relu(conv(x, deep, 1, "conv1"))
                    y = tf.nn.relu(conv(y, deep, 3, "conv2", stride))
                    x = tf.nn.relu(shortcut + conv(y, 4 * deep, 1, "conv3"))
        x = tf.reduce_mean(x, [1, 2], keepdims=True)
        with v1.variable_scope("logits"):
            kernel = net.variable("weights", [1, 1, x.shape[-1], classes])
            x = tf.nn.conv2d(x, kernel, 1, "SAME") + net.variable("biases", [classes])
    return tf.squeeze(x, [1, 2])


def vgg(net, bands, classes, narrow, depths=(2, 2, 3, 3, 3), name="vgg_16"):
    def conv(x, filters, side, scope, relu=True):
        with v1.variable_scope(scope):
            kernel = net.variable("weights", [side, side, x.shape[-1], filters])
            x = tf.nn.conv2d(x, kernel, 1, "SAME") + net.variable("biases", [filters])
        return tf.nn.relu(x) if relu else x

    with v1.variable_scope(name):
        x = image_of(bands)
        for block, (depth, wide) in enumerate(zip(depths, (64, 128, 256, 512, 512)), 1):
            for number in range(1, depth + 1):
                x = conv(x, wide // narrow, 3, f"conv{block}/conv{block}_{number}")
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = conv(conv(x, 4096 // narrow // 4, 7, "fc6"), 4096 // narrow // 4, 1, "fc7")
        x = tf.reduce_mean(x, [1, 2], keepdims=True)
        return tf.squeeze(conv(x, classes, 1, "fc8", False), [1, 2])


def published(build, folder, file, bands, classes, narrow=8, **options):
    """Save the checkpoint ``file`` into the folder, with an optimizer's slots; return the logits.

    Args:
        bands: Metres to (N, H, W, C) float32 on the native grid, normalised.
    """
    with tf.Graph().as_default(), v1.Session() as session:
        inputs = {m: v1.placeholder(tf.float32, [None, *x.shape[1:]]) for m, x in bands.items()}
        logits = build(Net(), inputs, classes, narrow, **options)
        for variable in v1.global_variables():
            v1.get_variable(f"{variable.op.name}/Adam", initializer=np.zeros(variable.shape, "f4"))
        v1.get_variable("beta1_power", initializer=np.float32(0.9))
        session.run(v1.global_variables_initializer())
        v1.train.Saver(max_to_keep=0).save(session, str(folder / file))
        return session.run(logits, {inputs[m]: x for m, x in bands.items()})
