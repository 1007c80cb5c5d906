"""The store: immutable snapshots of Parquet files with a catalogue; everything here is confidential."""

from privacy.store.retention import Expired, expired, remove_expired
from privacy.store.snapshots import Snapshot, Store

__all__ = ["Expired", "Snapshot", "Store", "expired", "remove_expired"]
