"""An HTTP service over one classifier: recordings and streams in, answers out, within limits."""
