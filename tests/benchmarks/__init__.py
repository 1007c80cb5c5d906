"""Benchmarks: scripts, run by `make bench`; they print ratios against a plain engine or a peer."""
