"""Slips of the hand that a parser would misread: full-width signs, quotes left open, names one letter off."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from policies.errors import BadInput

_CURLY = {
    "‘": "'",
    "’": "'",
    "“": "'",
    "”": "'",
    "、": ",",
    "。": ".",
    "《": "<",
    "》": ">",
    "\u3000": "space",
}
_ENDS = {"'": "'", '"': '"', "--": "\n", "/*": "*/"}


def check_signs(sql: str) -> None:
    """Refuse what a Chinese keyboard types for SQL's own signs, and a quote without its end.

    Texts in quotes and comments may have any sign; elsewhere a full-width sign would be read as a
    letter of a name, and the fault be named where it is not.

    Raises
    ------
    BadInput
        With the sign's position and the one to type.
    """
    at = 0
    while at < len(sql):
        opening = next((o for o in _ENDS if sql.startswith(o, at)), "")
        if opening:
            end = sql.find(_ENDS[opening], at + len(opening))
            if end < 0 and opening == "--":
                return
            if end < 0:
                raise BadInput(
                    "this quote or comment has no end",
                    where=_where(sql, at),
                    todo=f"close it with {_ENDS[opening]}",
                )
            at = end + len(_ENDS[opening])
            continue
        plain = _plain(sql[at])
        if plain:
            raise BadInput(
                "this sign is full-width or curly, which SQL does not read",
                where=_where(sql, at),
                todo=f"type it half-width: {plain}",
            )
        at += 1


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that this one is likely meant to be; empty where none is near."""
    close = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.7)
    return close[0] if close else ""


def _plain(sign: str) -> str:
    """Return the sign that SQL has for a full-width or curly one; empty where it is none."""
    if sign in _CURLY:
        return _CURLY[sign]
    if "\uff01" <= sign <= "\uff5e":
        narrow = unicodedata.normalize("NFKC", sign)
        return "the letter or digit" if narrow.isalnum() else "'" if narrow == '"' else narrow
    return ""


def _where(sql: str, at: int) -> str:
    line = sql.count("\n", 0, at) + 1
    return f"query line {line}, near column {at - (sql.rfind(chr(10), 0, at))}"
