"""The compiled loops judge every cell as a plain reference does, on random dirt."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from privacy.contract import Contract, contract_from_json
from privacy.intake.checking import Checker
from privacy.intake.readers.batches import Batch
from privacy.pseudonyms import Pseudonymiser
from privacy.recognition.numbers.identifiers import id_check_digit
from tests.intake.reference import judge

KEY = bytes(range(32))
CODES = ["440305001001", "440305001002", "440306002001", "unknown"]


def _field(name: str, kind: str, action: str = "keep", **more: Any) -> dict[str, Any]:
    return {"name": name, "role": "attribute", "type": kind, "action": action} | more


def dirty_contract(**changes: Any) -> Contract:
    """A contract with a field of every checked type."""
    reference = {"reference_date": "2024-02-29"}
    return contract_from_json(
        {
            "contract": 1, "dataset": "dirt", "title": {"en": "Dirt", "zh": "脏数据"},
            "population": {"id": "p", "public_size": 1000}, "purposes": ["planning"],
            "legal_basis": "PIPL Art. 13", "expires": "2099-01-01",
            "domains": {"words": ["a", "it's", "居民", "unknown"], "plain": ["x", "y"], "codes": CODES},
            "fields": [
                {"name": "id", "role": "direct_identifier", "type": "resident_id",
                 "action": "pseudonym"},
                _field("word", "category", domain="words"),
                _field("plain", "category", domain="plain"),
                _field("street", "place", "coarsen", domain="codes", to="street"),
                _field("born", "date", "coarsen", bands=[0, 18, 60], to="years", **reference),
                _field("lag", "date", "coarsen", bands=[0, 7], to="days", **reference),
                _field("on", "date"),
                _field("count", "integer", bounds=[-5, 120]),
                _field("income", "integer", "coarsen", bounds=[0, 50_000], bands=[100, 3000]),
                _field("rent", "decimal", bounds=["-10.00", "99999.95"], resolution="0.05"),
                _field("free", "text"),
            ],
            "person_key": "id",
        }
        | changes
    )  # fmt: skip


def check(contract: Contract, rows: list[dict[str, str]]) -> Any:
    """Check rows as one batch."""
    names = [f.name for f in contract.fields]
    table = pa.table({n: pa.array([r[n] for r in rows], pa.string()) for n in names})
    checker = Checker(contract, KEY)
    return checker.check(Batch(table, np.arange(2, len(rows) + 2), []))


def _id(region: str, day: str, order: str) -> str:
    return (body := region + day + order) + id_check_digit(body)


_DAY = st.dates().map(lambda d: d.isoformat().replace("-", "")) | st.from_regex(
    r"(18|19|20)[0-9]{6}", fullmatch=True
)
_VALID = st.builds(
    _id, st.from_regex(r"[1-9][0-9]{5}", fullmatch=True), _DAY,
    st.from_regex(r"[0-9]{3}", fullmatch=True),
)  # fmt: skip
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_IDS = st.one_of(
    _VALID,
    _VALID.map(str.lower),
    _VALID.map(lambda v: f" {v[:6]} {v[6:14]}-{v[14:]}\t"),
    _VALID.map(lambda v: v.translate(_WIDE)),
    _VALID.map(lambda v: v[:6] + v[8:17]),
    _VALID.map(lambda v: v[:17] + random.Random(v).choice("0123456789X")),
    st.text("019X ", max_size=19),
    st.sampled_from(["", "000000000000000000", "111111191111111", "-", "1" * 18, "Ⅷ" * 18]),
)
_NUMBERS = st.one_of(
    st.integers(-200, 60_000).map(str),
    st.decimals(-20, 100_000, places=2, allow_nan=False).map(str),
    st.from_regex(r"[+\-]?[0-9]{1,22}(\.[0-9]{0,4})?", fullmatch=True),
    st.integers(0, 999).map(lambda n: f"　{n} ".translate(_WIDE)),
    st.sampled_from(
        ["", " ", "1e3", "0x10", "1_000", "NaN", "inf", "１２", "٣", "1.5.2", "--1", "1."]
    ),
)
_DATES = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda d: d.isoformat().replace("-", "")),
    st.from_regex(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}", fullmatch=True),
    st.sampled_from(
        ["", "0000-01-01", "2023-02-29", "2024-02-29", "2024-W01-1", "２０２０-０１-０１", "-001-01-01",
         "2020-01-01 ", "infinity", "epoch", "2020-01-01 (BC)", "10000-01-01"]
    ),
)  # fmt: skip
_WORDS = st.sampled_from(
    ["a", " a ", "it's", "居民", "　居民", "unknown", "", "x", "y", "z", "\u200ba", "A"]
)
_ROWS = st.fixed_dictionaries(
    {
        "id": _IDS, "word": _WORDS, "plain": _WORDS,
        "street": st.sampled_from([*CODES, "", " 440305001001", "4403"]),
        "born": _DATES, "lag": _DATES, "on": _DATES, "count": _NUMBERS, "income": _NUMBERS,
        "rent": _NUMBERS, "free": st.sampled_from(["", "note", " x "]),
    }
)  # fmt: skip


@given(rows=st.lists(_ROWS, min_size=1, max_size=60))
@settings(deadline=None, max_examples=60, phases=[Phase.generate], derandomize=True, database=None)
def test_whole_columns_are_judged_as_the_reference_does(rows: list[dict[str, str]]) -> None:
    contract = dirty_contract()
    _hold_to_reference(contract, rows)


@given(
    rows=st.lists(
        st.fixed_dictionaries({"id": _IDS, "cell": _NUMBERS | _DATES | _WORDS}),
        min_size=1,
        max_size=40,
    ),
    kind=st.sampled_from(["word", "street", "born", "lag", "on", "count", "income", "rent"]),
)
@settings(deadline=None, max_examples=60, phases=[Phase.generate], derandomize=True, database=None)
def test_each_kind_of_field_alone(rows: list[dict[str, str]], kind: str) -> None:
    # with ten dirty fields in a row the first fault hides the others: here each is alone
    good = {"word": "a", "plain": "x", "street": CODES[0], "born": "2000-01-01", "lag": "2024-01-01",
            "on": "2024-01-01", "count": "1", "income": "500", "rent": "1", "free": ""}  # fmt: skip
    _hold_to_reference(dirty_contract(), [good | {"id": r["id"], kind: r["cell"]} for r in rows])


def _hold_to_reference(contract: Contract, rows: list[dict[str, str]]) -> None:
    checked = check(contract, rows)
    verdicts = [judge(contract, row) for row in rows]
    kept = [i for i, (_, _, reason) in enumerate(verdicts) if reason is None]
    assert checked.places.tolist() == kept
    assert checked.broken == [
        (i + 2, *reason) for i, (_, _, reason) in enumerate(verdicts) if isinstance(reason, tuple)
    ]
    pseudonyms = Pseudonymiser(KEY)
    people = [pseudonyms.of([key])[0] if key else None for key, _, _ in verdicts]
    assert checked.people.to_pylist() == people
    assert checked.without_id == people.count(None)
    stored = checked.stored.to_pylist()
    assert stored == [{"person": people[i], **verdicts[i][1]} for i in kept]


def test_a_fault_of_a_library_shows_neither_value_nor_key() -> None:
    from policies.errors import ServiceFault

    contract = dirty_contract()
    checker = Checker(contract, KEY)
    table = pa.table({"id": pa.array(["11010519491231002X"], pa.string())})
    with pytest.raises(ServiceFault) as fault:
        checker.check(Batch(table, np.array([2]), []))
    assert "110105" not in str(fault.value)
    assert fault.value.__cause__ is None


def test_sm3_pseudonyms_are_those_of_the_published_hash() -> None:
    from cryptography.hazmat.primitives.hashes import SM3
    from cryptography.hazmat.primitives.hmac import HMAC

    row = {n.name: "" for n in dirty_contract().fields} | {"id": "11010519491231002X"}
    checked = check(dirty_contract(pseudonym_hash="sm3"), [row])
    tag = HMAC(KEY, SM3())
    tag.update(b"11010519491231002X")
    assert checked.people.to_pylist() == [tag.finalize()[:16].hex()]


def test_kept_text_with_an_identifier_sets_its_row_aside() -> None:
    import base64

    number = "11010519491231002X"
    texts = ["plain", f"see {number}", "tel 13812345678", f'{{"owner":"{number}"}}',
             f"https://x.example/?id={''.join(f'%{ord(c):02x}' for c in number)}",
             base64.b64encode(f"id={number}".encode()).decode()]  # fmt: skip
    contract = dirty_contract()
    rows = [{f.name: "" for f in contract.fields} | {"id": number, "free": t} for t in texts]
    checked = check(contract, rows)
    assert checked.places.tolist() == [0]
    assert [(row, column) for row, column, _ in checked.broken] == [
        (i, "free") for i in range(3, 8)
    ]
