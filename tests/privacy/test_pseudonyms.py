"""Pseudonyms against published vectors and constructions of their own, and what they must not tell."""

from __future__ import annotations

import hashlib
import hmac

import duckdb
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SM3, Hash

from policies.errors import BadInput
from privacy.pseudonyms import Pseudonymiser, PurposeKey, Reversible, register_pseudonym

IDS = ["11010519491231002X", "440301199001010017", "买买提·吐尔逊"]

# RFC 4231: (key, text, HMAC-SHA-256), test cases 1, 2 and 6 (text-valued)
RFC_4231 = [
    (b"\x0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe",
        "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 131,
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]

# GB/T 32905-2016, annex A: "abc", and "abcd" sixteen times
GBT_32905 = [
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
]


@pytest.mark.parametrize(("key", "text", "tag"), RFC_4231)
def test_the_vectors_of_rfc_4231_are_met(key: bytes, text: str, tag: str) -> None:
    assert Pseudonymiser(key).of([text]) == [tag[:32]]


def _sm3(body: bytes) -> bytes:
    state = Hash(SM3())
    state.update(body)
    return state.finalize()


@pytest.mark.parametrize(("body", "expected"), GBT_32905)
def test_the_vectors_of_gbt_32905_are_met(body: bytes, expected: str) -> None:
    assert _sm3(body).hex() == expected


@pytest.mark.parametrize("size", [1, 32, 64, 65, 131])
def test_hmac_sm3_is_the_construction_of_rfc_2104_over_sm3(size: int) -> None:
    key = bytes(i % 251 for i in range(1, size + 1))
    block = (_sm3(key) if size > 64 else key).ljust(64, b"\0")
    inner, outer = (bytes(b ^ pad for b in block) for pad in (0x36, 0x5C))
    expected = [_sm3(outer + _sm3(inner + v.encode())).hex()[:32] for v in IDS]
    assert Pseudonymiser(key, "sm3").of(IDS) == expected
    assert expected != Pseudonymiser(key).of(IDS)


def test_one_person_has_unlinked_pseudonyms_by_purpose_field_version_and_hash() -> None:
    key = bytes(range(32))
    made = {
        tuple(Pseudonymiser(PurposeKey(purpose, version, key).for_field(name), kind).of(IDS))
        for purpose in ("housing", "health")
        for version in (1, 2)
        for name in ("resident_id", "phone")
        for kind in ("sha256", "sm3")
    }
    everything = [p for row in made for p in row]
    assert len(made) == 16
    assert len(set(everything)) == 16 * len(IDS)


def _hkdf(key: bytes, info: str) -> bytes:
    extracted = hmac.digest(bytes(32), key, "sha256")  # RFC 5869, sections 2.2 and 2.3
    return hmac.digest(extracted, info.encode() + b"\x01", "sha256")


def test_a_rotated_key_maps_stored_pseudonyms_to_those_of_later_sessions() -> None:
    first, second, third = (hashlib.sha256(bytes([i])).digest() for i in range(3))
    old = Pseudonymiser(PurposeKey("p", 2, second, (first,)).for_field("id"))
    new = Pseudonymiser(PurposeKey("p", 3, third, (first, second)).for_field("id"))
    assert new.rekeyed(old.of(IDS)) == new.of(IDS)
    assert not set(new.of(IDS)) & set(old.of(IDS))
    tag = IDS[0].encode()
    for version, key in enumerate((first, second, third), 1):
        bound = f"common-ground/pseudonym/p/v{version}/{'id' if version == 1 else 'rekeying'}"
        tag = hmac.digest(_hkdf(key, bound), tag, "sha256")[:16]
    assert new.of(IDS[:1]) == [tag.hex()]
    other = Pseudonymiser(PurposeKey("p", 3, third, (first, second)).for_field("other"))
    assert other.rekeyed(old.of(IDS)) == new.of(IDS)  # whatever the field: a store need not know it
    assert not set(other.of(IDS)) & set(new.of(IDS))


def test_the_engine_follows_a_rotated_key() -> None:
    key = PurposeKey("p", 2, bytes(32), (bytes([1] * 32),)).for_field("id")
    with duckdb.connect(":memory:") as engine:
        register_pseudonym(engine, "pseudonym", key)
        rows = engine.execute(
            "SELECT pseudonym(v) FROM unnest($values::VARCHAR[]) AS t(v)", {"values": IDS}
        ).fetchall()
    assert [r[0] for r in rows] == Pseudonymiser(key).of(IDS)


def test_no_repr_shows_a_key() -> None:
    purpose = PurposeKey("p", 2, b"secret-of-32-bytes-secret-of-32-", (b"S" * 32,))
    shown = repr(
        (purpose, purpose.for_field("id"), Pseudonymiser(b"secret"), Reversible(b"secret"))
    )
    shown += str(purpose.for_field("id"))
    assert "secret" not in shown
    assert "SSS" not in shown
    assert purpose.for_field("id").hex() not in shown


def test_aes_siv_meets_the_vector_of_rfc_5297() -> None:
    # appendix A.1: the library's primitive, on which Reversible stands
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    data = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    sealed = AESSIV(key).encrypt(bytes.fromhex("112233445566778899aabbccddee"), [data])
    assert sealed.hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"


def test_reversible_pseudonyms_are_aes_siv_with_purpose_field_and_version_as_data() -> None:
    field_key = PurposeKey("welfare", 1, bytes(32)).for_field("case")
    blocks, last = b"", b""
    for counter in (1, 2):  # RFC 5869, section 2.3
        info = b"common-ground/reversible/v1" + bytes([counter])
        last = hmac.digest(bytes(field_key), last + info, "sha256")
        blocks += last
    sealed = AESSIV(blocks).encrypt(IDS[0].encode(), [b"welfare/case/v1"])
    expected = sealed.hex()
    reversible = Reversible(field_key)
    assert reversible.of([IDS[0]]) == [expected]
    assert reversible.value_of(expected) == IDS[0]


@pytest.mark.parametrize(
    "other",
    [
        PurposeKey("welfare", 1, bytes(32)).for_field("other"),
        PurposeKey("health", 1, bytes(32)).for_field("case"),
        PurposeKey("welfare", 2, bytes([9] * 32), (bytes(32),)).for_field("case"),
    ],
)
def test_a_reversible_pseudonym_opens_nowhere_else_and_not_when_altered(other: bytes) -> None:
    made = Reversible(PurposeKey("welfare", 1, bytes(32)).for_field("case")).of(IDS)
    for pseudonym in made:
        with pytest.raises(BadInput):
            Reversible(other).value_of(pseudonym)
    own = Reversible(PurposeKey("welfare", 1, bytes(32)).for_field("case"))
    assert [own.value_of(p) for p in made] == IDS
    for altered in (made[0][:-1], made[0].upper(), made[0] + "a", "", "?"):
        with pytest.raises(BadInput):
            own.value_of(altered)
