"""The public view of an enclave report: words, policy and commitments; no exact figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_RULE_WORDS = (
    "id", "measure", "verdict", "estimand", "limit", "margin", "sense", "source", "reason",
    "reason_zh",
)  # fmt: skip


def public_view(
    enclave: Mapping[str, Any],
    commitments: Mapping[str, str],
    releases: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the report that may leave.

    Parameters
    ----------
    commitments
        Role of a confidential file → keyed commitment, where the enclave's report has its digest.
    releases
        Private counts from the ledger, as they were released.

    Notes
    -----
    What is listed here leaves; everything else stays (deny by default).
    """
    return {
        "report": enclave["report"],
        "kind": enclave["kind"],
        "audience": "public",
        "synthetic": enclave["synthetic"],
        "arm": enclave["arm"],
        "estimand": "the verdict on a confidential submission; figures are private releases",
        "undefined": {"measures": "exact figures stay in the enclave"},
        "verdict": enclave["verdict"],
        "policy": dict(enclave["policy"]),
        "rules": [{key: rule.get(key) for key in _RULE_WORDS} for rule in enclave["rules"]],
        "minority": enclave["minority"],
        "inputs": sorted(enclave["inputs"]),
        "commitments": dict(sorted(commitments.items())),
        "code": enclave["code"],
        "releases": [dict(r) for r in releases],
    }
