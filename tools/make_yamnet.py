"""Makes the YAMNet asset of the package from Google's published weights.

    python tools/make_yamnet.py yamnet_weights_float32.npz src/isogloss/encoders/assets/yamnet.onnx

The weights are the arrays of the reference implementation (tensorflow/models, research/audioset/
yamnet; Apache-2.0), as one `.npz` or as Google's own `yamnet.h5`. The graph takes log-mel patches
`patches [N, 96, 64]` and gives `embeddings [N, 1024]` and `scores [N, 521]`, all float32. Batch
normalisation is folded into the convolutions: they have no bias, and it has no scale.
"""

import argparse
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

BATCH_NORM_EPSILON = 1e-4
# Strides of the 13 depthwise-separable blocks, layers 2 to 14 of the reference implementation.
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)

Weights = dict[str, NDArray[np.float32]]


def read_weights(path: Path) -> Weights:
    """Returns the 110 arrays by their layer's name, such as `layer1/conv/kernel`."""
    if path.suffix == ".npz":
        with np.load(path) as archive:
            return {name: archive[name] for name in archive.files}
    import h5py

    weights: Weights = {}

    def collect(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            # Keras 2 wrote `layer1/conv/layer1/conv/kernel:0`: the layer's name, then the weight's.
            parts = name.removesuffix(":0").split("/")
            half = (len(parts) - 1) // 2
            weights["/".join(parts[half:])] = np.asarray(item, dtype=np.float32)

    with h5py.File(path) as file:
        file.visititems(collect)
    return weights


def digest(weights: Weights) -> str:
    """Returns a name for the weights themselves, whatever file they came in: 8 hex digits."""
    sha = hashlib.sha256()
    for name in sorted(weights):
        sha.update(name.encode())
        sha.update(np.ascontiguousarray(weights[name], dtype="<f4").tobytes())
    return sha.hexdigest()[:8]


class Graph:
    """The network's nodes and constants, collected in the order in which they are added."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.float32 | np.int64]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolution(self, layer: str, source: str, stride: int, depthwise: bool = False) -> str:
        """Adds a convolution with its batch normalisation folded in, then ReLU."""
        kernel_name = "depthwise_kernel" if depthwise else "kernel"
        kernel = self._weights[f"{layer}/{kernel_name}"].astype(np.float64)
        # Keras: [height, width, in, out], or [height, width, channels, 1] where depthwise.
        kernel = kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(3, 2, 0, 1)
        variance = self._weights[f"{layer}/bn/moving_variance"].astype(np.float64)
        mean = self._weights[f"{layer}/bn/moving_mean"].astype(np.float64)
        scale = 1 / np.sqrt(variance + BATCH_NORM_EPSILON)
        bias = self._weights[f"{layer}/bn/beta"] - mean * scale
        folded = (kernel * scale[:, None, None, None]).astype(np.float32)
        convolved = self.add(
            "Conv",
            [
                source,
                self.constant(f"{layer}/kernel", folded),
                self.constant(f"{layer}/bias", bias.astype(np.float32)),
            ],
            f"{layer}/conv",
            strides=[stride, stride],
            # TensorFlow's "same": where the padding is odd, the greater half comes last.
            auto_pad="SAME_UPPER",
            group=kernel.shape[0] if depthwise else 1,
        )
        return self.add("Relu", [convolved], f"{layer}/relu")


def build(weights: Weights) -> onnx.ModelProto:
    """Returns YAMNet's network as an ONNX model that names the digest of its weights."""
    graph = Graph(weights)
    axis = graph.constant("channel_axis", np.array([1], dtype=np.int64))
    features = graph.add("Unsqueeze", ["patches", axis], "image")
    features = graph.convolution("layer1/conv", features, 2)
    for layer, stride in enumerate(STRIDES, start=2):
        name = f"layer{layer}"
        features = graph.convolution(f"{name}/depthwise_conv", features, stride, depthwise=True)
        features = graph.convolution(f"{name}/pointwise_conv", features, 1)
    pooled = graph.add("GlobalAveragePool", [features], "pooled")
    graph.add("Flatten", [pooled], "embeddings", axis=1)
    kernel = graph.constant("logits/kernel", weights["logits/kernel"])
    bias = graph.constant("logits/bias", weights["logits/bias"])
    logits = graph.add("Gemm", ["embeddings", kernel, bias], "logits")
    graph.add("Sigmoid", [logits], "scores")

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "yamnet",
            [helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["N", 96, 64])],
            [
                helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["N", 1024]),
                helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 521]),
            ],
            graph.constants,
        ),
        # The oldest versions that hold what is used: any ONNX Runtime of these years reads them.
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
        doc_string="YAMNet, (c) Google, Apache-2.0; converted for isogloss, see NOTICE.",
    )
    helper.set_model_props(model, {"weights": digest(weights)})
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("weights", type=Path, help="yamnet_weights_float32.npz or yamnet.h5")
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    weights = read_weights(arguments.weights)
    model = build(weights)
    arguments.output.write_bytes(model.SerializeToString())
    print(f"{arguments.output}: weights {digest(weights)}, {model.ByteSize():,} bytes")


if __name__ == "__main__":
    main()
