"""A dense network from Keras as an ONNX model.

Keras's own `export(format="onnx")` goes through TensorFlow or PyTorch; a stack of dense layers
needs neither.
"""

from typing import Any

import numpy as np

from isogloss.errors import SettingError

_ACTIVATIONS = {"relu": "Relu", "softmax": "Softmax", "linear": "Identity"}


def export_dense(model: Any) -> bytes:
    """Converts a `keras.Sequential` of Dense and Dropout layers.

    Args:
        model: keras.Sequential. Built; dropout is left out, as in inference.

    Returns:
        A serialised ONNX model: `embeddings [N, dimension]` to `probabilities [N, num_labels]`,
        float32.

    Raises:
        SettingError: A layer or activation is of another kind.
    """
    import keras
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes, constants = [], []
    value = "embeddings"
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            continue
        activation = _ACTIVATIONS.get(getattr(getattr(layer, "activation", None), "__name__", ""))
        if not isinstance(layer, keras.layers.Dense) or activation is None:
            raise SettingError(f"layer {layer.name} ({type(layer).__name__}) cannot be exported.")
        kernel, bias = (np.asarray(weight, dtype=np.float32) for weight in layer.get_weights())
        for suffix, array in (("kernel", kernel), ("bias", bias)):
            constants.append(numpy_helper.from_array(array, f"{layer.name}/{suffix}"))
        dense, active = f"{layer.name}/dense", f"{layer.name}/{activation.lower()}"
        weights = [f"{layer.name}/kernel", f"{layer.name}/bias"]
        nodes.append(helper.make_node("Gemm", [value, *weights], [dense]))
        nodes.append(helper.make_node(activation, [dense], [active]))
        value = active
    nodes[-1].output[0] = "probabilities"

    shapes = (("embeddings", model.input_shape[1]), ("probabilities", model.output_shape[1]))
    given, gives = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", size]) for name, size in shapes
    )
    exported = helper.make_model(
        helper.make_graph(nodes, "head", [given], [gives], constants),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    checker.check_model(exported, full_check=True)
    content: bytes = exported.SerializeToString()
    return content
