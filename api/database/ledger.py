"""The ledger: reserve before the noise, settle with the release, forfeit what was orphaned.

A charge debits every account it names or none. Reservations are durable before any noise is
drawn; a process that dies half-way forfeits what it had reserved, for nobody can know whether
its answer was seen.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from api.database.engine import transaction
from api.database.tables import accounts, reservations
from policies.errors import Refused, ServiceFault
from privacy.accounting import ATTO, NANO, Charge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

    from privacy.accounting import AccountSpec


@dataclass(frozen=True, slots=True)
class Balance:
    """What one account had before and after a charge, and its cap."""

    account: str
    before: Charge
    after: Charge
    cap: Charge

    def as_json(self) -> dict[str, Any]:
        """Return the balance in ρ and δ, as `query --json` promises."""
        return {
            "account": self.account,
            "before": _in_units(self.before),
            "after": _in_units(self.after),
            "cap": _in_units(self.cap),
        }


@dataclass(frozen=True, slots=True)
class Reservation:
    """A durable claim on the budget, to be settled or forfeited."""

    id: str
    idempotency_key: str
    charge: Charge
    balances: tuple[Balance, ...]


def _in_units(charge: Charge) -> dict[str, float]:
    return {"rho": charge.nano_rho / 1e9, "delta": charge.atto_delta / 1e18}


def owner_of_this_process() -> str:
    """Name this process such that a later one can tell whether it still lives."""
    return f"{os.getpid()}:{_started(os.getpid())}"


def _started(pid: int) -> str:
    # the start time tells a process from a later one that was given the same number
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _alive(owner: str) -> bool:
    pid, _, started = owner.partition(":")
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _started(int(pid)) == started


def open_accounts(connection: Connection, specs: Sequence[AccountSpec]) -> None:
    """Open the accounts that do not exist yet, parents first."""
    known = set(
        connection.scalars(select(accounts.c.id).where(accounts.c.id.in_([s.id for s in specs])))
    )
    for spec in specs:
        if spec.id not in known:
            connection.execute(
                insert(accounts).values(
                    id=spec.id,
                    parent=spec.parent,
                    kind=spec.kind,
                    cap_nano_rho=spec.cap.nano_rho,
                    cap_atto_delta=spec.cap.atto_delta,
                    reserved_nano_rho=0,
                    spent_nano_rho=0,
                    reserved_atto_delta=0,
                    spent_atto_delta=0,
                )
            )


def reserve(
    engine: Engine, idempotency_key: str, charge: Charge, specs: Sequence[AccountSpec]
) -> Reservation:
    """Debit every account of `specs` by `charge`, durably, or none.

    Raises
    ------
    Refused
        A cap would be passed, or the same question is being answered at this moment.
    """
    if charge.nano_rho <= 0 and charge.atto_delta <= 0:
        raise ServiceFault("a charge must be positive", where="ledger")
    with transaction(engine) as connection:
        forfeit_orphans(connection)
        live = connection.scalar(
            select(func.count()).where(
                reservations.c.idempotency_key == idempotency_key,
                reservations.c.state != "forfeited",
            )
        )
        if live:
            raise Refused(
                "the same question is being answered at this moment",
                where="ledger",
                todo="ask again in a few seconds; its answer will be returned without charge",
            )
        open_accounts(connection, specs)
        balances = tuple(_debit(connection, spec.id, charge) for spec in specs)
        reservation = Reservation(secrets.token_hex(16), idempotency_key, charge, balances)
        connection.execute(
            insert(reservations).values(
                id=reservation.id,
                idempotency_key=idempotency_key,
                state="reserved",
                nano_rho=charge.nano_rho,
                atto_delta=charge.atto_delta,
                account_ids=json.dumps([spec.id for spec in specs]),
                owner=owner_of_this_process(),
            )
        )
    return reservation


def _debit(connection: Connection, account_id: str, charge: Charge) -> Balance:
    row = connection.execute(select(accounts).where(accounts.c.id == account_id)).one()
    before = Charge(
        row.reserved_nano_rho + row.spent_nano_rho, row.reserved_atto_delta + row.spent_atto_delta
    )
    cap = Charge(row.cap_nano_rho, row.cap_atto_delta)
    after = Charge(before.nano_rho + charge.nano_rho, before.atto_delta + charge.atto_delta)
    if after.nano_rho > cap.nano_rho or after.atto_delta > cap.atto_delta:
        short = [
            f"{name} = {asked / parts:.6g} and {max(0, most - spent) / parts:.6g} is left"
            for name, parts, asked, spent, most in (
                ("ρ", NANO, charge.nano_rho, before.nano_rho, cap.nano_rho),
                ("δ", ATTO, charge.atto_delta, before.atto_delta, cap.atto_delta),
            )
            if spent + asked > most
        ]
        only_delta = after.nano_rho <= cap.nano_rho  # which the noise does not change
        raise Refused(
            f"this release needs {', '.join(short)}; nothing was spent",
            where=f"account {account_id}",
            todo="name the groups (key IN (…)) instead of having them found"
            if only_delta
            else "ask for a smaller --epsilon, or ask again what has already been released",
        )
    connection.execute(
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(
            reserved_nano_rho=accounts.c.reserved_nano_rho + charge.nano_rho,
            reserved_atto_delta=accounts.c.reserved_atto_delta + charge.atto_delta,
        )
    )
    return Balance(account_id, before, after, cap)


def settle(connection: Connection, reservation_id: str) -> None:
    """Turn a reservation into a spend, within the caller's transaction.

    Raises
    ------
    ServiceFault
        The reservation is not open any more (it was forfeited): nothing may be released on it.
    """
    if not _close(connection, reservation_id, "settled"):
        raise ServiceFault(
            "the reservation is no longer open; its budget stays spent and nothing is released",
            where="ledger",
            todo="ask again",
        )


def forfeit(engine: Engine, reservation_id: str) -> None:
    """Spend a reservation without a release: a failure after the reservation is never refunded."""
    with transaction(engine) as connection:
        _close(connection, reservation_id, "forfeited")


def forfeit_orphans(connection: Connection) -> int:
    """Forfeit the reservations of processes that no longer live; return how many."""
    open_rows = connection.execute(
        select(reservations.c.id, reservations.c.owner).where(reservations.c.state == "reserved")
    ).all()
    orphans = [row.id for row in open_rows if not _alive(row.owner)]
    return sum(_close(connection, identifier, "forfeited") for identifier in orphans)


def _close(connection: Connection, reservation_id: str, state: str) -> bool:
    row = connection.execute(
        select(reservations).where(
            reservations.c.id == reservation_id, reservations.c.state == "reserved"
        )
    ).one_or_none()
    if row is None:
        return False
    connection.execute(
        update(reservations).where(reservations.c.id == reservation_id).values(state=state)
    )
    for account_id in json.loads(row.account_ids):
        connection.execute(
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(
                reserved_nano_rho=accounts.c.reserved_nano_rho - row.nano_rho,
                spent_nano_rho=accounts.c.spent_nano_rho + row.nano_rho,
                reserved_atto_delta=accounts.c.reserved_atto_delta - row.atto_delta,
                spent_atto_delta=accounts.c.spent_atto_delta + row.atto_delta,
            )
        )
    return True


def balances(engine: Engine, prefix: str = "") -> list[dict[str, Any]]:
    """Return every account whose id begins with `prefix`, in ρ and δ, sorted by id."""
    with transaction(engine) as connection:
        rows = connection.execute(
            select(accounts)
            .where(accounts.c.id.startswith(prefix, autoescape=True))
            .order_by(accounts.c.id)
        ).all()
    return [
        {
            "account": row.id,
            "kind": row.kind,
            "cap": _in_units(Charge(row.cap_nano_rho, row.cap_atto_delta)),
            "spent": _in_units(Charge(row.spent_nano_rho, row.spent_atto_delta)),
            "reserved": _in_units(Charge(row.reserved_nano_rho, row.reserved_atto_delta)),
            "left": _in_units(
                Charge(
                    row.cap_nano_rho - row.spent_nano_rho - row.reserved_nano_rho,
                    row.cap_atto_delta - row.spent_atto_delta - row.reserved_atto_delta,
                )
            ),
        }
        for row in rows
    ]
