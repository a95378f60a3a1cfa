"""Arrays as an ONNX model that gives them: one kind of file for all heads, and nothing pickled."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import MissingExtraError
from isogloss.onnx_session import open_session


def pack_constants(arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """Returns a model without inputs whose outputs are the arrays.

    Args:
        arrays: mapping of str to array of float16, float32 or int64.
        metadata: mapping of str to str. What else the model is to hold.

    Raises:
        MissingExtraError: onnx is not installed.
    """
    try:
        from onnx import helper, numpy_helper
    except ImportError as error:
        raise MissingExtraError("train", "Writing a head") from error
    nodes, outputs = [], []
    for name, array in arrays.items():
        tensor = numpy_helper.from_array(np.ascontiguousarray(array), name)
        nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        outputs.append(helper.make_tensor_value_info(name, tensor.data_type, array.shape))
    model = helper.make_model(
        helper.make_graph(nodes, "constants", [], outputs),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    helper.set_model_props(model, dict(metadata))
    return bytes(model.SerializeToString())


def unpack_constants(onnx: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Returns the arrays and the metadata of a model that `pack_constants` made."""
    session = open_session(onnx)
    names = [output.name for output in session.get_outputs()]
    arrays = dict(zip(names, session.run(None, {}), strict=True))
    return arrays, dict(session.get_modelmeta().custom_metadata_map)
