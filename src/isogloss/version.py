"""The version of isogloss, in one place."""

VERSION = "0.1.0"
