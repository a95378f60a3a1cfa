"""Makes the speech embedding asset of the package from its published weights.

    python -m tools.make_speech_embedding src/isogloss/encoders/assets/speech_embedding.onnx

The network is Google's (Lin and others, "Training keyword spotters with limited and synthesized
speech data", 2020; TensorFlow Hub, google/speech_embedding/1; Apache-2.0). Google's own form needs
TensorFlow 1, so the weights are taken from the conversion that openWakeWord 0.4.0 carries. That
release is Apache-2.0 and so, its README says, is this network; it puts only its own wake words
under another licence, and of those nothing is taken.

In front of it stands that release's own spectrogram, 32 mel bands up to 3.8 kHz, whose Fourier
transform is a convolution. Bins that no band takes are left out, and so are the samples that its
window gives no weight.

The asset is in the package, not fetched at first use: it is 1.7 MB, it may be passed on, and then
no server and no other project's release can take it away.

No weight is changed, but how the graph is run. The published one takes windows of 76 rows, one each
8 rows, and goes through nearly all rows ten times. But it pads no convolution in time, and its
strides in time multiply to 8: so one window's numbers are in the next one's, too, and the graph may
as well run along the whole recording. To do that piece by piece, each layer over several rows takes
again the last rows that it was given with the piece before. The numbers are the published graph's,
bit for bit.

Of the strides in time the last, of 2, is left out, and the one convolution that follows is dilated
by 2 in its place ("à trous"). So the graph gives a window each 4 rows, and every second one is the
published graph's: twice the frames for a hundredth more work. It gives two earlier layers, too.

One constant is changed. The published spectrogram raises a recording's quietest bands to 80 dB
below its loudest, wherever that is, so that nothing could be said before a recording's end. Here
they are raised to a level that is the same for all: that of rounding to 16 bits.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from tools.graph import Graph
from tools.published import SPECTROGRAM, SPEECH_EMBEDDING, Weights, digest, download, read_weights

FULL_SCALE = 32768  # the network was trained on samples as 16-bit integers
STEP = 160
WINDOW = slice(56, 456)  # the 400 samples of the published 512 that are given weight
# What rounding to 16 bits leaves in a band: its power, a twelfth, times the window's squares and a
# band's weights. Silence that a computer made is taken for the silence that it would have recorded.
QUIETEST = 150 / 12 * 0.032

BANDS = 32
LAYERS = 20
# Pools, by the layer that they follow: rows and bands of each.
POOLS = {2: (2, 2), 6: (1, 2), 10: (2, 2), 14: (1, 2), 18: (2, 2)}
DENSE_POOL = 18  # the pool that strides over no row, so that what follows it is dilated
# Layers whose pooled rows the graph gives, too, by the names that it gives them.
INNER = {14: "middle", 18: "upper"}
LEAK = 0.2
FLOOR = -0.4
BATCH_NORM_EPSILON = 1e-3


def build(weights: Weights) -> onnx.ModelProto:
    """Returns the network as an ONNX model that names the digest of its weights."""
    graph = Graph()
    memory = _Memory(graph)
    floor = graph.constant("floor", np.array(FLOOR, dtype=np.float32))
    features, bands, dilation = _add_spectrogram(graph, weights), BANDS, 1
    inner: dict[str, list[str | int]] = {}
    for layer in range(LAYERS):
        kernel = weights[_published_kernel(layer)]
        channels, given, rows, width = kernel.shape
        if rows > 1:
            features = memory.add(features, f"layer{layer}", (rows - 1) * dilation, given, bands)
        inputs = [features, graph.constant(f"layer{layer}/kernel", kernel)]
        bias = f"model/conv2d_{layer}/Conv2D_bias_fused_bn"
        if bias in weights:
            inputs.append(graph.constant(f"layer{layer}/bias", weights[bias]))
        features = graph.add(
            "Conv",
            inputs,
            f"layer{layer}/conv",
            # Over three rows, or over three bands: only beyond the bands there is padding.
            pads=[0, width // 2, 0, width // 2],
            dilations=[dilation, 1],
        )
        if layer == 0:
            features = _normalise(graph, weights, features)
        if layer < LAYERS - 1:
            leaky = graph.add("LeakyRelu", [features], f"layer{layer}/leaky", alpha=LEAK)
            features = graph.add("Max", [leaky, floor], f"layer{layer}/active")
        if layer in POOLS:
            size, pooled, strides = POOLS[layer], f"layer{layer}/pool", POOLS[layer]
            if layer == DENSE_POOL:
                features = memory.add(features, pooled, size[0] - 1, channels, bands)
                strides, dilation = (1, size[1]), size[0]
            features = graph.add("MaxPool", [features], pooled, kernel_shape=size, strides=strides)
            bands //= size[1]
        if layer in INNER:
            inner[_add_rows(graph, features, INNER[layer], channels * bands)] = [
                f"N{layer}",
                channels * bands,
            ]
    _add_rows(graph, features, "embeddings", channels)
    return graph.build(
        "speech_embedding",
        {"samples": ["S"], **memory.pasts},
        {"embeddings": ["N", channels], **inner, **memory.futures},
        weights=digest(weights),
        source="Speech embedding, (c) Google, Apache-2.0",
    )


class _Memory:
    """Rows that a layer takes again: what comes in as a past goes out as a future."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.pasts: dict[str, list[str | int]] = {}
        self.futures: dict[str, list[str | int]] = {}
        self._ends = [
            graph.constant(name, np.array([value], dtype=np.int64))
            for name, value in {"end": np.iinfo(np.int64).max, "rows_axis": 2}.items()
        ]

    def add(self, features: str, layer: str, rows: int, channels: int, bands: int) -> str:
        """Adds a layer's memory of its last rows; returns what the layer is given."""
        past, future = f"past{len(self.pasts)}", f"future{len(self.futures)}"
        self.pasts[past] = [1, channels, "P", bands]
        self.futures[future] = [1, channels, rows, bands]
        given = self._graph.add("Concat", [past, features], f"{layer}/given", axis=2)
        start = self._graph.constant(f"{layer}/start", np.array([-rows], dtype=np.int64))
        self._graph.add("Slice", [given, start, *self._ends], future)
        return given


def _add_rows(graph: Graph, features: str, name: str, width: int) -> str:
    """Adds what gives features [1, channels, rows, bands] as [rows, width]; returns its name."""
    by_row = graph.add("Transpose", [features], f"{name}/by_row", perm=[0, 2, 1, 3])
    shape = graph.constant(f"{name}/shape", np.array([-1, width], dtype=np.int64))
    return graph.add("Reshape", [by_row, shape], name)


def _published_kernel(layer: int) -> str:
    inner = "StatefulPartitionedCall/StatefulPartitionedCall"
    others = {
        0: f"model/conv2d/{inner}/Conv2D/ReadVariableOp:0",
        LAYERS - 1: f"model/conv2d_{LAYERS - 1}/Conv2D/ReadVariableOp:0",
    }
    return others.get(layer, f"model/conv2d_{layer}/Conv2D_weights_fused_bn")


def _add_spectrogram(graph: Graph, weights: Weights) -> str:
    """Adds what makes rows [1, 1, R, 32] of samples: log10(mel-weighted power) + 2."""
    mel = weights["1.melW"]
    bins = np.flatnonzero(mel.any(axis=1))
    waves = np.concatenate(
        [weights[f"0.stft.conv_{part}.weight"][bins][..., WINDOW] for part in ("real", "imag")]
    )
    signal_axes = graph.constant("signal_axes", np.array([0, 1], dtype=np.int64))
    signal = graph.add("Unsqueeze", ["samples", signal_axes], "signal")
    kernel = graph.constant("spectrum/kernel", waves * np.float32(FULL_SCALE))
    spectrum = graph.add("Conv", [signal, kernel], "spectrum", strides=[STEP])
    squares = graph.add("Mul", [spectrum, spectrum], "squares")
    graph.add("Split", [squares], "real_power", "imaginary_power", axis=1)
    power = graph.add("Add", ["real_power", "imaginary_power"], "power")
    by_row = graph.add("Transpose", [power], "power_by_row", perm=[0, 2, 1])
    banded = graph.add("MatMul", [by_row, graph.constant("mel", mel[bins])], "mel_power")
    quietest = graph.constant("quietest", np.array(QUIETEST, dtype=np.float32))
    audible = graph.add("Max", [banded, quietest], "audible")
    natural = graph.add("Log", [audible], "natural")
    per_ten = graph.constant("per_ten", np.array(1 / np.log(10), dtype=np.float32))
    decimal = graph.add("Mul", [natural, per_ten], "decimal")
    offset = graph.constant("offset", np.array(2, dtype=np.float32))
    raised = graph.add("Add", [decimal, offset], "raised")
    channel = graph.constant("channel_axis", np.array([1], dtype=np.int64))
    return graph.add("Unsqueeze", [raised, channel], "rows")


def _normalise(graph: Graph, weights: Weights, features: str) -> str:
    """Adds the first layer's own order: rectified first, then normalised."""
    rectified = graph.add("Relu", [features], "layer0/relu")
    published = "model/batch_normalization"
    parts = {
        "scale": f"{published}/ReadVariableOp:0",
        "offset": f"{published}/ReadVariableOp_1:0",
        "mean": f"{published}/FusedBatchNormV3/ReadVariableOp:0",
        "variance": f"{published}/FusedBatchNormV3/ReadVariableOp_1:0",
    }
    return graph.add(
        "BatchNormalization",
        [rectified, *(graph.constant(f"layer0/{name}", weights[p]) for name, p in parts.items())],
        "layer0/normal",
        epsilon=BATCH_NORM_EPSILON,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    weights = {
        **read_weights(download(SPECTROGRAM)),
        **read_weights(download(SPEECH_EMBEDDING)),
    }
    model = build(weights)
    arguments.output.write_bytes(model.SerializeToString())
    print(f"{arguments.output}: weights {digest(weights)}, {model.ByteSize():,} bytes")


if __name__ == "__main__":
    main()
