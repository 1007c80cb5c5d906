"""How many persons hold more pseudonyms than the contract declares: an estimate, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from privacy.contract import Contract
from privacy.linkage.clusters import SAME_PERSON, Linked, components, count

ALL_BUT_CERTAIN, MORE_LIKELY_THAN_NOT = 0.9999, 0.5
_Z = 1.959963984540054


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return Wilson's 95% limits of a share (Wilson 1927, JASA 22, p. 209)."""
    share, z2 = part / whole, _Z * _Z
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    low = 0.0 if part == 0 else max(0.0, centre - half)  # exactly 0 and 1 at the ends
    return low, 1.0 if part == whole else min(1.0, centre + half)


def several_keys(
    found: Linked,
    contracts: Sequence[Contract],
    linked: Contract | None,
    undefined: dict[str, str],
) -> dict[str, Any]:
    """Estimate, by dataset, the share of persons with more than `most_pseudonyms` pseudonyms.

    Only stored rows count: what is quarantined or has no usable id gave nobody a pseudonym. Without
    linkage by likeness two pseudonyms are never seen to be one person's: the share is then None.
    """
    names = [(c.dataset, f"dataset = {i}", c.most_pseudonyms) for i, c in enumerate(contracts)]
    if linked is not None:
        names.append((linked.dataset, "TRUE", linked.most_pseudonyms))
    report: dict[str, Any] = {}
    if found.method != "likeness":
        for name, _, most in names:
            report[name] = {"declared": most, "share": None, "interval": None}
            undefined[f"most_pseudonyms.{name}.share"] = (
                found.reason or "likeness was not looked at"
            )
        return report
    db = found.connection
    for table, least in (
        ("low", ALL_BUT_CERTAIN),
        ("mid", SAME_PERSON),
        ("high", MORE_LIKELY_THAN_NOT),
    ):
        links = f"SELECT a, b FROM doubled WHERE probability >= {least}"
        components(db, links, count(db, "people"), f"keys_{table}")
    for name, where, most in names:
        counts = {t: _above(db, f"keys_{t}", where, most) for t in ("low", "mid", "high")}
        above, persons = counts["mid"]
        one: dict[str, Any] = {"declared": most, "persons": persons, "persons_above": above}
        if persons:
            low, high = wilson(*counts["low"])[0], wilson(*counts["high"])[1]
            one |= {"share": above / persons, "interval": [low, high], "confidence": 0.95}
        else:
            one |= {"share": None, "interval": None}
            undefined[f"most_pseudonyms.{name}.share"] = "nobody has a pseudonym in it"
        report[name] = one
    return report


def _above(db: Any, table: str, where: str, most: int) -> tuple[int, int]:
    above, persons = db.execute(
        f"SELECT count(*) FILTER (WHERE n > {int(most)}), count(*) FROM ("
        f"SELECT k.label, count(DISTINCT p.who) AS n FROM records r JOIN people p USING (id) "
        f"JOIN {table} k ON k.place = p.who WHERE r.stored AND {where} GROUP BY k.label)"
    ).fetchone()
    return int(above), int(persons)
