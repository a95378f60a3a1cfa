"""YAMNet whose last blocks were trained on: the encoder that a preset carries."""

import hashlib
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from isogloss.encoders.yamnet import YamnetEncoder
from isogloss.encoders.yamnet_keras import TRUNK_SHAPE, Arrays, convolution_names, read_network
from isogloss.errors import SettingError

if TYPE_CHECKING:
    import onnx

ENCODER_FILE = "encoder.onnx"
"""Where a preset has its own encoder."""
TUNED_PREFIX = "yamnet-tuned-"

_TRAINED = "tuned/"
_ID_KEY = "isogloss.encoder"


class TunedYamnetEncoder(YamnetEncoder):
    """YAMNet's frames, with embeddings by blocks that were trained; speech as YAMNet tells it.

    Args:
        source: str, path or bytes. An ONNX file that `graft` made, a folder with one, as a preset
            is, or its content.
        threads: int or None. As of `YamnetEncoder`.

    Raises:
        SettingError: The file is none that `graft` made, or it was changed since.
    """

    def __init__(self, source: str | PathLike[str] | bytes, threads: int | None = None) -> None:
        self._name, self._content = _load(source)
        super().__init__(threads)
        named = self._session.get_modelmeta().custom_metadata_map.get(_ID_KEY, "")
        if not named.startswith(TUNED_PREFIX):
            raise SettingError(f"{self._name}: is no encoder that isogloss trained.")
        self.id = named

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles it with its weights: another machine has them nowhere."""
        return TunedYamnetEncoder, (self._content, 1)

    def _read(self) -> bytes:
        return self._content


def _load(source: str | PathLike[str] | bytes) -> tuple[str, bytes]:
    """Returns an encoder's name and content."""
    if isinstance(source, bytes):
        return "this encoder", source
    given = Path(fspath(source))
    path = given / ENCODER_FILE if given.is_dir() else given
    try:
        return str(path), path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror}).") from error


def graft(arrays: Arrays) -> tuple[str, bytes]:
    """Puts trained blocks beside YAMNet's own, which go on telling speech from all else.

    Args:
        arrays: dict of float32. Kernels and biases of the last layers, as `trained_arrays` gives
            them.

    Returns:
        The encoder's id, which names these weights, and the encoder as an ONNX model:
        `patches [N, 96, 64]` to `embeddings [N, 1024]` and `scores [N, 521]`, float32.
    """
    from onnx import checker, helper

    network = read_network()
    graph = network.graph
    first = next(name for name in convolution_names() if f"{name}/kernel" in arrays)
    source = next(node.input[0] for node in graph.node if node.output[0] == f"{first}/conv")
    # YAMNet's own embedding still leads to its scores, under another name.
    for node in graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == "embeddings":
                    names[place] = "own_embeddings"
    nodes, constants = _blocks(network, arrays, source)
    graph.node.extend(nodes)
    graph.initializer.extend(constants)
    sha = hashlib.sha256()
    for name in sorted(arrays):
        sha.update(name.encode() + arrays[name].astype("<f4").tobytes())
    encoder_id = f"{TUNED_PREFIX}{sha.hexdigest()[:8]}"
    helper.set_model_props(network, {_ID_KEY: encoder_id})
    checker.check_model(network, full_check=True)
    return encoder_id, network.SerializeToString()


def graft_on_trunk(arrays: Arrays, head: bytes) -> bytes:
    """Puts trained blocks before a head, so that it takes what `YamnetTrunkEncoder` gives.

    Args:
        arrays: dict of float32. As of `graft`: of all layers after the trunk.
        head: bytes. An ONNX model, `embeddings [N, 1024]` to `probabilities [N, num_labels]`.

    Returns:
        An ONNX model: `embeddings [N, 12288]` to `probabilities [N, num_labels]`, float32.
    """
    import onnx
    from onnx import TensorProto, checker, compose, helper, numpy_helper

    nodes, constants = _blocks(read_network(), arrays, "trunk")
    shape = numpy_helper.from_array(np.array([-1, *TRUNK_SHAPE], dtype=np.int64), "trunk_shape")
    nodes[-1].output[0] = "tuned_embeddings"
    given, gives = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", size])
        for name, size in (("embeddings", int(np.prod(TRUNK_SHAPE))), ("tuned_embeddings", 1024))
    )
    blocks = helper.make_model(
        helper.make_graph(
            [helper.make_node("Reshape", ["embeddings", "trunk_shape"], ["trunk"]), *nodes],
            "blocks",
            [given],
            [gives],
            [shape, *constants],
        ),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    dense = compose.add_prefix(onnx.load_from_string(head), "head/")
    joined = compose.merge_models(blocks, dense, [("tuned_embeddings", "head/embeddings")])
    for node in joined.graph.node:
        for place, name in enumerate(node.output):
            if name == "head/probabilities":
                node.output[place] = "probabilities"
    joined.graph.output[0].name = "probabilities"
    checker.check_model(joined, full_check=True)
    content: bytes = joined.SerializeToString()
    return content


def _blocks(
    network: "onnx.ModelProto", arrays: Arrays, source: str
) -> tuple[list["onnx.NodeProto"], list["onnx.TensorProto"]]:
    """Returns the nodes of trained blocks, from `source` to `embeddings`, and their weights."""
    from onnx import helper, numpy_helper

    own = {node.output[0]: node for node in network.graph.node}
    nodes = []
    value = source
    for name in convolution_names():
        if f"{name}/kernel" not in arrays:
            continue
        attributes = {
            one.name: helper.get_attribute_value(one) for one in own[f"{name}/conv"].attribute
        }
        weights = [f"{_TRAINED}{name}/kernel", f"{_TRAINED}{name}/bias"]
        convolved, active = f"{_TRAINED}{name}/conv", f"{_TRAINED}{name}/relu"
        nodes.append(helper.make_node("Conv", [value, *weights], [convolved], **attributes))
        nodes.append(helper.make_node("Relu", [convolved], [active]))
        value = active
    nodes.append(helper.make_node("GlobalAveragePool", [value], [f"{_TRAINED}pooled"]))
    nodes.append(helper.make_node("Flatten", [f"{_TRAINED}pooled"], ["embeddings"], axis=1))
    constants = [
        numpy_helper.from_array(array, f"{_TRAINED}{name}") for name, array in arrays.items()
    ]
    return nodes, constants
