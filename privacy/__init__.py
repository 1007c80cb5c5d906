"""An identifiable record becomes a private release."""
