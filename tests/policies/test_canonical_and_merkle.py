"""Canonical JSON by RFC 8785's own example; the Merkle tree by the published vectors of RFC 6962."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput, ProofFailed
from policies.record import canonical, inclusion_proof, leaf_hash, root
from policies.record.merkle import root_from_proof

LEAVES = [
    bytes.fromhex(h)
    for h in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_example_of_the_rfc_is_reproduced() -> None:
    document = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\\/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"\\\\/"}'
    )
    assert canonical(document) == expected.encode()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 2**53 + 1, {1: "a"}])
def test_what_has_no_canonical_form_is_refused(bad: object) -> None:
    with pytest.raises(BadInput):
        canonical({"x": bad} if not isinstance(bad, dict) else bad)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
    | st.floats(-1e15, 1e15),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(json_values)
def test_the_canonical_form_is_its_own_canonical_form(value: object) -> None:
    once = canonical(value)
    assert canonical(json.loads(once)) == once


def test_roots_are_those_of_the_published_vectors() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    assert root([]).hex() == hashlib.sha256(b"").hexdigest()
    assert [root(hashes[: n + 1]).hex() for n in range(8)] == ROOTS


def test_a_published_inclusion_proof_is_reproduced() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    assert [h.hex() for h in inclusion_proof(hashes, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.data())
def test_only_the_right_leaf_place_size_and_path_lead_to_the_root(
    n: int, data: st.DataObject
) -> None:
    hashes = [leaf_hash(bytes([i])) for i in range(n)]
    at = data.draw(st.integers(0, n - 1))
    path = inclusion_proof(hashes, at)
    assert root_from_proof(hashes[at], at, n, path) == root(hashes)
    wrong = [(leaf_hash(b"other"), at, n, path)]
    wrong += [(hashes[at], (at + 1) % n, n, path)] if n > 1 else []
    wrong += [(hashes[at], at, n, [*path, bytes(32)]), (hashes[at], n, n, path)]
    wrong += [(hashes[at], at, n, path[:-1])] if path else []
    if path:
        spoilt = bytes([path[0][0] ^ 1]) + path[0][1:]
        wrong.append((hashes[at], at, n, [spoilt, *path[1:]]))
    for leaf, index, size, steps in wrong:
        try:
            assert root_from_proof(leaf, index, size, steps) != root(hashes)
        except ProofFailed:
            continue
