"""The same query by other engines of differential privacy, each in an environment of its own."""
