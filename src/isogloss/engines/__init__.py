"""The same work over many recordings, on one machine's cores or on a cluster."""
