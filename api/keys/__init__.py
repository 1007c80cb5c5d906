"""Custody of keys: the root key, one random key a purpose, the signing keys."""
