"""Accounts, charges and caps, in integers: nano-ρ (1e-9 of zCDP's ρ) and atto-δ (1e-18)."""

from privacy.accounting.accounts import AccountSpec, Caps, accounts_for
from privacy.accounting.charges import ATTO, NANO, Charge

__all__ = ["ATTO", "NANO", "AccountSpec", "Caps", "Charge", "accounts_for"]
