"""Known text: readings are aligned to a template and compared sound by sound."""
