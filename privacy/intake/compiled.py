"""A contract compiled to one SQL statement that checks, changes and pseudonymises a batch.

The statement reads the relation `batch`: `row`, and the text columns `c0`, `c1` … in the order of the
contract's fields. Values of the contract's domains are engine types; the pseudonym is a function of
the engine to which the key is bound. What the statement does is said row by row in `tests/intake/reference.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from privacy.contract import PSEUDONYM_FIELD, TIERS, Contract, Field

_ID_18 = "[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]"
_ID_15 = "[1-9][0-9]{14}"
# the only pairs of characters that a valid 18-digit id can be made of: its century is 18, 19 or 20
_TWO_CHARACTERS = "[18]*|[19]*|[02]*"
WITHOUT_ID = -1
PSEUDONYM_FUNCTION = "pseudonym"
KEY_COLUMN, REASON_COLUMN, ROW_COLUMN = "_key", "_reason", "_row"
CHECKED_TYPES = ("category", "place", "date", "integer", "decimal")


@dataclass(frozen=True, slots=True)
class Compiled:
    """The statement, the names of the stored columns, and what each reason's number means.

    `outputs` maps the statement's columns to the stored names; a reason is 0 where the row may be
    stored, `WITHOUT_ID` where it has no id at all, else its place in `reasons` plus one.
    """

    sql: str
    domains: dict[str, tuple[str, ...]]
    outputs: dict[str, str]
    reasons: tuple[tuple[str, str], ...]


def compile_contract(contract: Contract) -> Compiled:
    """Compile a contract."""
    return _Compiler(contract).compiled()


class _Compiler:
    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.reasons: list[tuple[str, str]] = []
        self.domains: dict[str, tuple[str, ...]] = {}
        self.parsed: list[str] = []
        self.outputs: dict[str, str] = {}
        self.values: list[str] = []
        self.faults: list[str] = []

    def compiled(self) -> Compiled:
        keyed = self.contract.person_key != "row"
        key = self._key() if keyed else ("batch", "NULL::VARCHAR", "NULL::SMALLINT")
        source, key_sql, key_fault = key
        for place, f in enumerate(self.contract.fields):
            if f.action in ("keep", "coarsen"):
                value, faults = self._field(f, place)
                self.values.append(f"{value} AS v{place}")
                self.outputs[f"v{place}"] = f.stored_name
                self.faults += faults
        missing = f"CASE WHEN {key_sql} IS NULL THEN {WITHOUT_ID} END" if keyed else "NULL"
        reason = ", ".join([key_fault, *self.faults, missing, "0"])
        person = f"{PSEUDONYM_FUNCTION}({key_sql})" if keyed else "NULL::VARCHAR"
        columns = [
            f"row AS {ROW_COLUMN}",
            f"{key_sql} AS {KEY_COLUMN}",
            f"{person} AS {PSEUDONYM_FIELD}",
            f"coalesce({reason})::SMALLINT AS {REASON_COLUMN}",
            *self.values,
        ]
        inner = f"SELECT * {''.join(', ' + p for p in self.parsed)} FROM {source}"
        sql = f"SELECT {', '.join(columns)} FROM ({inner})"
        return Compiled(sql, self.domains, self.outputs, tuple(self.reasons))

    def _reason(self, column: str, text: str) -> int:
        self.reasons.append((column, text))
        return len(self.reasons)

    def _key(self) -> tuple[str, str, str]:
        name = self.contract.person_key
        place, f = next((i, f) for i, f in enumerate(self.contract.fields) if f.name == name)
        if f.type != "resident_id":
            return "batch", f"nullif(c{place}, '')", "NULL::SMALLINT"
        placeholder = self._reason(name, "placeholder instead of an id")
        wrong = self._reason(name, "wrong check digit or date")
        other = self._reason(name, "not a resident id")
        fault = (
            f"CASE WHEN _k = '' THEN NULL WHEN _id IS NOT NULL THEN NULL WHEN {_few('_k')} "
            f"THEN {placeholder} WHEN length(_k) = 18 THEN {wrong} ELSE {other} END"
        )
        return f"({_id_source(f'c{place}')})", "_id", fault

    def _field(self, f: Field, place: int) -> tuple[str, list[str]]:
        make = {
            "category": self._category,
            "place": self._category,
            "date": self._date,
            "integer": self._integer,
            "decimal": self._decimal,
        }.get(f.type)
        return (f"nullif(c{place}, '')", []) if make is None else make(f, place)

    def _category(self, f: Field, place: int) -> tuple[str, list[str]]:
        values = self.contract.domains[f.domain or ""]
        kind, c = f"domain_{place}", f"c{place}"
        self.domains[kind] = tuple(dict.fromkeys(values))
        outside = self._reason(f.name, "not in the domain")
        empty = "'unknown'" if "unknown" in values else "NULL"
        value = f"CASE WHEN {c} = '' THEN {empty} ELSE {c} END"
        if f.type == "place" and f.action == "coarsen":
            known = f"{c} = 'unknown'"
            digits = TIERS[f.to or "district"]
            value = f"CASE WHEN {c} = '' THEN {empty} WHEN {known} THEN {c} ELSE left({c}, {digits}) END"
        else:
            value = f"try_cast({value} AS {kind})"
        return value, [
            f"CASE WHEN {c} <> '' AND try_cast({c} AS {kind}) IS NULL THEN {outside} END"
        ]

    def _date(self, f: Field, place: int) -> tuple[str, list[str]]:
        c, text, day = f"c{place}", f"_t{place}", f"_d{place}"
        self.parsed += [
            f"CASE WHEN length({c}) = 8 THEN left({c}, 4) || '-' || substr({c}, 5, 2) || '-' || "
            f"substr({c}, 7, 2) ELSE {c} END AS {text}",
            # what the engine reads more freely than ISO 8601 does not come back as it was written
            f"CASE WHEN length({text}) = 10 AND left({text}, 4) <> '0000' "
            f"AND try_cast({text} AS DATE)::VARCHAR = {text} THEN try_cast({text} AS DATE) END AS {day}",
        ]
        wrong = self._reason(f.name, "not a date")
        faults = [f"CASE WHEN {c} <> '' AND {day} IS NULL THEN {wrong} END"]
        if f.action != "coarsen" or f.reference_date is None:
            return f"{day}::VARCHAR", faults
        on = f.reference_date
        if f.to == "days":
            amount = f"DATE '{on.isoformat()}' - {day}"
        else:
            later = f"(month({day}) * 100 + day({day}) > {on.month * 100 + on.day})::INTEGER"
            amount = f"{on.year} - year({day}) - {later}"
        band, beyond = self._band(f, f"({amount})")
        return band, [*faults, beyond]

    def _integer(self, f: Field, place: int) -> tuple[str, list[str]]:
        c, n = f"c{place}", f"_n{place}"
        whole = f"regexp_full_match({c}, '[+-]?[0-9]+')"
        self.parsed.append(f"CASE WHEN {whole} THEN try_cast({c} AS BIGINT) END AS {n}")
        wrong = self._reason(f.name, "not a whole number")
        faults = [f"CASE WHEN {c} <> '' AND NOT {whole} THEN {wrong} END"]
        value, out = self._bounded(f, n, f"{c} <> ''")
        return value, [*faults, *out]

    def _decimal(self, f: Field, place: int) -> tuple[str, list[str]]:
        c, n, part = f"c{place}", f"_n{place}", f"_f{place}"
        number = f"regexp_full_match({c}, '[+-]?[0-9]+([.][0-9]+)?')"
        places, step = f.decimals, f.step
        self.parsed += [
            f"CASE WHEN {number} THEN rtrim(split_part({c}, '.', 2), '0') END AS {part}",
            f"CASE WHEN length({part}) <= {places} THEN try_cast(split_part({c}, '.', 1) || "
            f"rpad({part}, {places}, '0') AS BIGINT) END AS {n}",
        ]
        wrong = self._reason(f.name, "not a decimal number")
        fine = self._reason(f.name, "finer than the resolution")
        faults = [
            f"CASE WHEN {c} <> '' AND NOT {number} THEN {wrong} END",
            f"CASE WHEN length({part}) > {places} OR {n} % {step} <> 0 THEN {fine} END",
        ]
        value, out = self._bounded(f, f"({n} // {step})", f"{c} <> ''")
        return value, [*faults, *out]

    def _bounded(self, f: Field, amount: str, given: str) -> tuple[str, list[str]]:
        low, high = f.bounds or (0, 0)
        out = self._reason(f.name, "out of bounds")
        inside = f"coalesce({amount} BETWEEN {low} AND {high}, false)"
        fault = f"CASE WHEN {given} AND NOT {inside} THEN {out} END"
        if f.action == "keep":
            return amount, [fault]
        band, beyond = self._band(f, amount)
        return band, [fault, beyond]

    def _band(self, f: Field, amount: str) -> tuple[str, str]:
        out = self._reason(f.name, "out of bounds")
        labels = reversed(list(zip(f.bands, f.band_labels(), strict=True)))
        cases = " ".join(f"WHEN {amount} >= {low} THEN '{label}'" for low, label in labels)
        return f"CASE {cases} END", f"CASE WHEN {amount} < {f.bands[0]} THEN {out} END"


def _few(value: str) -> str:
    """Return the condition that a text is made of at most two different characters."""
    rest = f"replace({value}, left({value}, 1), '')"
    return f"replace({rest}, left({rest}, 1), '') = ''"


def _id_source(column: str) -> str:
    """Return the relation that adds `_k`, the id as it was read, and `_id`, the id or NULL.

    GB 11643-1999: the check character makes Σ wᵢ·dᵢ ≡ its value (mod 11), with wᵢ = 2^(18−i). With
    qₖ = ⌊n / 10ᵏ⌋ the sum over the first 17 digits is 2·(n − Σ_{k≥1} 2^(k+2)·qₖ), as dₖ = qₖ − 10·qₖ₊₁.
    """
    clean = f"upper(replace(replace({column}, ' ', ''), '-', ''))"
    read = (
        f"SELECT *, CASE WHEN regexp_full_match({column}, '{_ID_18}') THEN {column} "
        f"ELSE {clean} END AS _k FROM batch"
    )
    numbered = (
        f"SELECT *, CASE WHEN regexp_full_match(_k, '{_ID_18}') THEN left(_k, 17)::BIGINT "
        f"WHEN regexp_full_match(_k, '{_ID_15}') THEN (left(_k, 6) || '19' || substr(_k, 7))::BIGINT "
        f"END AS _n FROM ({read})"
    )
    terms = " - ".join(f"{2 ** (k + 2)} * (_n // {10**k})" for k in range(1, 17))
    check = f"substr('10X98765432', (2 * (_n - {terms}) % 11 + 11) % 11 + 1, 1)"
    year, month, day = "(_n // 10000000 % 10000)", "(_n // 100000 % 100)", "(_n // 1000 % 100)"
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))::INTEGER"
    days = (
        f"CASE WHEN {month} = 2 THEN 28 + {leap} WHEN {month} IN (4, 6, 9, 11) THEN 30 "
        f"WHEN {month} BETWEEN 1 AND 12 THEN 31 ELSE 0 END"
    )
    real = f"{day} BETWEEN 1 AND {days}"
    placeholder = (
        f"(length(_k) = 15 OR regexp_full_match(_k, '{_TWO_CHARACTERS}')) AND {_few('_k')}"
    )
    return (
        f"SELECT *, CASE WHEN _n IS NULL OR NOT ({real}) OR ({placeholder}) THEN NULL "
        f"WHEN length(_k) = 15 THEN _n::VARCHAR || {check} "
        f"WHEN right(_k, 1) = {check} THEN _k END AS _id FROM ({numbered})"
    )
