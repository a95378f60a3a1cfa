"""YAMNet up to its last two blocks: what those can be trained on, without the rest each time."""

import numpy as np
from numpy.typing import NDArray

from isogloss.encoders.yamnet import YamnetEncoder
from isogloss.encoders.yamnet_keras import TRUNK_LAYER, TRUNK_SHAPE, read_network


class YamnetTrunkEncoder(YamnetEncoder):
    """What goes into YAMNet's layer 13, of every 0.96 s, each 0.48 s; speech as YAMNet tells it.

    An embedding is `[512, 6, 4]`, channels by time by frequency, in one row: twelve times YAMNet's
    own. It is there for the recipe `tuned`.

    Args:
        threads: int or None. As of `YamnetEncoder`.

    Raises:
        MissingExtraError: onnx is not installed.
    """

    id = "yamnet-trunk-b10246d9"
    dimension = int(np.prod(TRUNK_SHAPE))

    _output = f"layer{TRUNK_LAYER}/pointwise_conv/relu"

    def _read(self) -> bytes:
        from onnx import TensorProto, helper

        network = read_network()
        shape: list[str | int] = ["N", *TRUNK_SHAPE]
        network.graph.output.append(
            helper.make_tensor_value_info(self._output, TensorProto.FLOAT, shape)
        )
        content: bytes = network.SerializeToString()
        return content

    def network(
        self, patches: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Runs the network; see `YamnetEncoder.network`.

        Returns:
            The trunk's output [N, 12288] and AudioSet scores [N, 521], float32.
        """
        trunk, scores = self._session.run((self._output, "scores"), {"patches": patches})
        return trunk.reshape(len(trunk), -1), scores
