"""An allocation or a model becomes a verdict."""
