"""Names of what is in a preset's folder."""

CONFIG_FILE = "config.json"
SPLIT_FILE = "split.json"
ONNX_FILE = "head.onnx"
KERAS_FILE = "head.keras"
METRICS_FILE = "metrics.json"
CARD_FILE = "README.md"
PLOTS_FOLDER = "plots"
CHECKPOINT_FILE = "checkpoint.keras"
"""Only while a preset is being trained, and where that was cut off."""

HUB_SCHEME = "hf://"
"""What the name of a preset on the Hugging Face hub begins with."""
