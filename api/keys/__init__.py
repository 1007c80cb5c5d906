"""Custody of keys: the root key, one random key a purpose, signing keys, people's sealed keys."""
