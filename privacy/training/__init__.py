"""Training of the name model: generated records and a tagged newspaper. Never run in service."""
