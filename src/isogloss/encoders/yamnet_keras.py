"""YAMNet as a Keras 3 model, on any backend: to be trained on, and back to ONNX.

Weights come from the package's own network, in which batch normalisation is folded into the
convolutions. So what is trained is that network, and what it learned fits into its graph again.
"""

from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import MissingExtraError

if TYPE_CHECKING:
    import onnx

FIRST_LAYER, LAST_LAYER = 1, 14
TRUNK_LAYER = 12
"""The last layer of the trunk, which stays as it is: its output goes into the trained blocks."""
TRUNK_SHAPE = (512, 6, 4)
"""Channels, time and frequency of the trunk's output."""

_STRIDES = dict(enumerate((2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1), start=FIRST_LAYER))

Arrays = dict[str, NDArray[np.float32]]


def read_network() -> "onnx.ModelProto":
    """Returns YAMNet's network as an ONNX model.

    Raises:
        MissingExtraError: onnx is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("train", "Training YAMNet") from error
    asset = resources.files("isogloss.encoders") / "assets" / "yamnet.onnx"
    return onnx.load_from_string(asset.read_bytes())


def convolution_names(first: int = FIRST_LAYER, last: int = LAST_LAYER) -> list[str]:
    """Returns the names of the convolutions of these layers, such as `layer13/depthwise_conv`."""
    names = []
    for layer in range(first, last + 1):
        kinds = ("conv",) if layer == FIRST_LAYER else ("depthwise_conv", "pointwise_conv")
        names += [f"layer{layer}/{kind}" for kind in kinds]
    return names


def build_layers(keras: Any, first: int = FIRST_LAYER, *, trainable: bool = False) -> list[Any]:
    """Returns YAMNet's layers from one on to the embedding, with their weights.

    Args:
        keras: module. Keras 3, by whatever backend it is on.
        first: int. The first layer, 1 to 14.
        trainable: bool. Whether training changes them.

    Returns:
        Keras layers for a `keras.Sequential` whose input is `[N, time, frequency, channels]`:
        log-mel patches `[N, 96, 64, 1]` where the first layer is 1. They give embeddings
        `[N, 1024]`.
    """
    from onnx import numpy_helper

    constants = {array.name: array for array in read_network().graph.initializer}
    layers = []
    for name in convolution_names(first):
        kernel, bias = (
            numpy_helper.to_array(constants[f"{name}/{part}"]) for part in ("kernel", "bias")
        )
        # ONNX: [out, in, height, width]; of a depthwise convolution [channels, 1, height, width].
        depthwise = name.endswith("depthwise_conv")
        kernel = kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
        common = {
            "strides": 1 if name.endswith("pointwise_conv") else _STRIDES[_number(name)],
            "padding": "same",
            "activation": "relu",
            "name": name.replace("/", "_"),
            "trainable": trainable,
        }
        if depthwise:
            layer = keras.layers.DepthwiseConv2D(kernel.shape[:2], **common)
        else:
            layer = keras.layers.Conv2D(kernel.shape[-1], kernel.shape[:2], **common)
        layer.build((None, None, None, kernel.shape[2]))
        layer.set_weights([kernel, bias])
        if depthwise:
            # XLA's depthwise convolution takes twenty times as long on a CPU as the same sums
            # written out. It stays Keras's own layer, as which it is saved.
            layer.call = partial(_convolve_depthwise, keras.ops, layer)
        layers.append(layer)
    layers.append(keras.layers.GlobalAveragePooling2D(name="embeddings"))
    return layers


def trained_arrays(layers: list[Any], first: int) -> Arrays:
    """Returns the weights of trained layers as the ONNX graph has them, by name.

    Args:
        layers: list. What `build_layers` gave, trained.
        first: int. As it was given there.
    """
    arrays: Arrays = {}
    for name, layer in zip(convolution_names(first), layers, strict=False):
        kernel, bias = (np.asarray(weight, dtype=np.float32) for weight in layer.get_weights())
        back = (2, 3, 0, 1) if name.endswith("depthwise_conv") else (3, 2, 0, 1)
        arrays[f"{name}/kernel"] = np.ascontiguousarray(kernel.transpose(back))
        arrays[f"{name}/bias"] = bias
    return arrays


def _convolve_depthwise(ops: Any, layer: Any, inputs: Any) -> Any:
    """Returns what a `DepthwiseConv2D`, padded "same" and with ReLU, gives: as shifted sums."""
    height, width = layer.kernel_size
    stride = layer.strides[0]
    sizes = [-(-size // stride) for size in inputs.shape[1:3]]
    pads = []
    for size, given, kernel in zip(sizes, inputs.shape[1:3], (height, width), strict=True):
        total = max(0, (size - 1) * stride + kernel - given)
        pads.append((total // 2, total - total // 2))
    padded = ops.pad(inputs, ((0, 0), *pads, (0, 0)))
    rows, columns = ((size - 1) * stride + 1 for size in sizes)
    summed = layer.bias
    for row in range(height):
        for column in range(width):
            taken = padded[:, row : row + rows : stride, column : column + columns : stride]
            summed = summed + taken * layer.kernel[row, column, :, 0]
    return ops.relu(summed)


def _number(name: str) -> int:
    return int(name.partition("/")[0].removeprefix("layer"))
