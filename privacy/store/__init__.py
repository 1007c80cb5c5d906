"""The store: immutable snapshots of Parquet files with a catalogue; everything here is confidential."""

from privacy.store.snapshots import Snapshot, Store

__all__ = ["Snapshot", "Store"]
