"""After a crash: what was committed is finished, what was not is undone. Done again it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.database.engine import transaction
from api.database.rewrites import mark_finished, rewrite_by_id
from api.engines import forget_copies
from privacy.store import locks
from privacy.store.erasure import drop, forget_unfinished, staged_tokens, swap

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.keys.custody import Custody
    from privacy.store import Store


def recover(engine: Engine, custody: Custody, store: Store) -> None:
    """Finish or undo what killed processes left; a living one at work is left alone."""
    if staged_tokens(store) or custody.staged():
        with locks.rewriting_if_free(store.root) as free:
            if free:
                recover_alone(engine, custody, store)


def recover_alone(engine: Engine, custody: Custody, store: Store) -> None:
    """Do the same under `locks.rewriting`, which the caller holds."""
    for token in sorted({*staged_tokens(store), *custody.staged()}):
        with transaction(engine) as connection:
            committed = rewrite_by_id(connection, token)
        if committed is not None and committed.state == "committed":
            if committed.kind == "destruction":
                custody.destroy_purpose(committed.purpose)
            custody.activate_version(token)
            forget_unfinished(store)
            swap(store, token)
            forget_copies(store.root.parent, [s.commitment for s in store.all() if s.files])
            with transaction(engine) as connection:
                mark_finished(connection, token)
        custody.drop_staged(token)
        drop(store, token)
