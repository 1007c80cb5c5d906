"""Hash sets of all that could identify somebody of the city: from the truth and from the extracts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from privacy.recognition import normalise

_DOTS = str.maketrans("•・‧∙⋅", "·····")
_COLUMNS = {
    "resident_id": "id",
    "licence_no": "id",
    "phone": "phone",
    "guardian_phone": "phone",
    "name": "name",
    "guardian_name": "name",
    "actual_address": "address",
    "registered_address": "address",
    "business_address": "address",
    "plate": "code",
    "credit_code": "code",
}
_SHORTEST_NAME = 3
_ENCODINGS = ("utf-8-sig", "gb18030", "utf-16")
_HAN = re.compile(r"[\u4e00-\u9fff·]{2,}")


def plain(text: str) -> str:
    """Return a text as it is compared: normalised, one kind of middle dot."""
    return normalise(text).text.translate(_DOTS)


@dataclass(frozen=True, slots=True)
class Known:
    """Every value that must not be found; `public_names` are names that are public words as well.

    A name counts as a public word where it stands in text that the project itself publishes: names
    of divisions, the Chinese words of the reports, contracts, and templates of notes. Such a
    name is not searched for, because its finds would say nothing; how many there are is reported.
    """

    ids: frozenset[str]
    phones: frozenset[str]
    codes: frozenset[str]
    addresses: frozenset[str]
    names: frozenset[str]
    public_names: int = 0

    @staticmethod
    def of_city(city: Path) -> Known:
        """Read the city's truth and extracts; contracts lend public words."""
        sets: dict[str, set[str]] = {kind: set() for kind in set(_COLUMNS.values())}
        for path in (city / "truth" / "people.parquet", *sorted((city / "extracts").iterdir())):
            for column, values in _columns(path):
                sets[_COLUMNS[column]].update(v for v in values if v)
        return Known.of(sets, _public_words(city / "contracts"))

    @staticmethod
    def of(sets: dict[str, set[str]], public: str = "") -> Known:
        """Return the sets as they are compared; names of one or two characters are left out."""
        ids = {v.upper().replace(" ", "") for v in _all_plain(sets.get("id", set()))}
        ids = {v for v in ids if re.fullmatch(r"\d{17}[\dX]|\d{15}", v)}
        ids |= {v[:6] + v[8:17] for v in ids if len(v) == 18 and v[6:8] == "19"}
        phones = {re.sub(r"\D", "", v) for v in _all_plain(sets.get("phone", set()))}
        names = _all_plain(sets.get("name", set()))
        names = {v for v in names if len(v) >= _SHORTEST_NAME and _HAN.fullmatch(v)}
        words = names & _windows(public, {len(v) for v in names})
        return Known(
            frozenset(ids),
            frozenset(v for v in phones if re.fullmatch(r"1[3-9]\d{9}", v)),
            frozenset(re.sub(r"[·. -]", "", v).upper() for v in _all_plain(sets.get("code", set())))
            - ids
            - {""},
            frozenset(a for a in _all_plain(sets.get("address", set())) if len(a) >= 8),
            frozenset(names - words),
            len(words),
        )

    def members(self) -> dict[str, int]:
        """How many values each set holds."""
        return {
            "resident_id": len(self.ids),
            "phone": len(self.phones),
            "code": len(self.codes),
            "address": len(self.addresses),
            "name": len(self.names),
            "names_also_public_words": self.public_names,
        }


def _columns(path: Path) -> Iterator[tuple[str, Iterable[str]]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        wanted = [c for c in pq.read_schema(path).names if c in _COLUMNS]
        table = pq.read_table(path, columns=wanted)
        for column in wanted:
            yield column, table.column(column).unique().to_pylist()
        return
    rows = _read_csv(path)
    for place, column in enumerate(rows[0] if rows else ()):
        if column in _COLUMNS:
            yield column, {row[place].strip() for row in rows[1:] if len(row) > place}


def _read_csv(path: Path) -> list[list[str]]:
    body = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            text = body.decode(encoding)
        except UnicodeError:
            continue
        head = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=head.count)
        # each line by itself: a stray quote must not swallow the rows behind it
        return [_cells(line, delimiter) for line in text.splitlines()]
    return []


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _all_plain(values: set[str]) -> set[str]:
    """Normalise many values in one pass."""
    return set(plain("\n".join(v.replace("\n", " ") for v in values)).split("\n"))


def _windows(text: str, lengths: set[int]) -> set[str]:
    """Return every stretch of Han characters of these lengths in a text."""
    runs = set(_HAN.findall(plain(text)))
    return {r[i : i + n] for r in runs for n in lengths for i in range(len(r) - n + 1)}


def _public_words(contracts: Path) -> str:
    texts = [
        (files("api.demo") / "data" / "divisions_5_levels.csv").read_text("utf-8"),
        (files("api.reports") / "translations" / "zh.po").read_text("utf-8"),
        (files("privacy.fabrication") / "notes.py").read_text("utf-8"),
    ]
    texts += [p.read_text("utf-8") for p in sorted(contracts.iterdir())]
    return "\n".join(texts)
