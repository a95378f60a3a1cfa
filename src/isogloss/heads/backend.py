"""Keras, on JAX where the user has named no other backend."""

import os
from typing import Any

from isogloss.errors import MissingExtraError


def import_keras() -> Any:
    """Imports Keras 3; `KERAS_BACKEND` is respected.

    Raises:
        MissingExtraError: Keras, or the backend, is not installed.
    """
    # Keras reads this when it is imported, and only then.
    os.environ.setdefault("KERAS_BACKEND", "jax")
    try:
        import keras
    except ImportError as error:
        raise MissingExtraError("train", "Training or evaluating a head") from error
    return keras
