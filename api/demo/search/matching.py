"""What in a text is a known value: candidates by form, then one look into a hash set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from api.demo.search.known import Known, plain
from privacy.recognition import resident_id_valid

_RUN = re.compile(r"[0-9](?:[ \-]?[0-9]){9,}(?:[ \-]?[Xx](?![0-9A-Za-z]))?")
_PART = re.compile(r"[0-9Xx]+")
_CREDIT = re.compile(r"[0-9A-Z]{18,}")
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][·. \-]?[0-9A-Z]{5,6}")
_JOINED = 22
"""Digits in a row from which two numbers may have been joined; a float's fraction is shorter."""
_FRACTION = re.compile(r"[0-9]\.")
_LETTER = re.compile(r"[0-9A-Za-z]")


class Looked:
    """Looks texts up in the hash sets of a city, and counts what it looked up."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.candidates = 0
        self._address_lengths: dict[str, list[int]] = {}
        for address in known.addresses:
            self._address_lengths.setdefault(address[:3], []).append(len(address))
        for start, lengths in self._address_lengths.items():
            self._address_lengths[start] = sorted(set(lengths), reverse=True)
        self._address = _any_of(self._address_lengths)
        by_first: dict[str, set[int]] = {}
        for name in known.names:
            by_first.setdefault(name[:2], set()).add(len(name))
        self._name_lengths = {k: sorted(v) for k, v in by_first.items()}
        firsts = "".join(sorted({k[0] for k in by_first}))
        self._name = (
            re.compile(f"(?=([{re.escape(firsts)}][\u4e00-\u9fff·]{{2,8}}))") if firsts else None
        )

    def kinds(self, text: str) -> Counter[str]:
        """Count the known values in a text by kind; a value is never returned."""
        text = plain(text)
        found: Counter[str] = Counter(self._numbers(text))
        found.update(self._codes(text))
        if not text.isascii():
            found.update(self._addresses(text))
            found.update(self._names(text))
        return found

    def _numbers(self, text: str) -> Iterator[str]:
        """Yield numbers in runs of digits, with separators or without, or joined to each other.

        An id of the city counts wherever its 18 digits stand. What has no check digit, and an id that
        is not the city's, must stand free: eleven digits of a digest or a fraction are no phone.
        """
        for run in _RUN.finditer(text):
            start, end = run.span()
            free = not (
                _LETTER.match(text[start - 1 : start])
                or _LETTER.match(text[end : end + 1])
                or _FRACTION.match(text[max(start - 2, 0) : start])
            )
            parts = _PART.findall(run.group())
            seen = set()
            for i in range(len(parts)):
                joined = ""
                for part in parts[i : i + 6]:
                    joined += part
                    if len(joined) > 18:
                        break
                    seen.add(joined)
            for part in parts:
                for size in (18, 15, 11) if len(part) >= _JOINED else (18,):
                    seen.update(part[k : k + size] for k in range(len(part) - size + 1))
            yield from self._looked_up(seen, free)

    def _looked_up(self, seen: set[str], free: bool) -> Iterator[str]:
        ids, phones = self.known.ids, self.known.phones
        inside: list[str] = []
        for number in sorted(seen, key=len, reverse=True):
            self.candidates += 1
            upper = number.upper()
            if len(number) == 18 and (
                upper in ids or (free and len(seen) < 40 and resident_id_valid(upper))
            ):
                inside.append(number)
                yield "resident_id"
            elif any(number in longer for longer in inside):
                continue
            elif len(number) == 15 and free and number in ids:
                inside.append(number)
                yield "resident_id_15"
            elif len(number) in (11, 13) and free:
                if number in phones or (number.startswith("86") and number[2:] in phones):
                    inside.append(number)
                    yield "phone"

    def _codes(self, text: str) -> Iterator[str]:
        codes = self.known.codes
        for match in _CREDIT.findall(text):
            self.candidates += len(match) - 17
            if any(match[k : k + 18] in codes for k in range(len(match) - 17)):
                yield "code"
        for match in _PLATE.findall(text):
            self.candidates += 1
            squeezed = re.sub(r"[·. -]", "", match)
            if squeezed in codes or squeezed[:7] in codes:
                yield "code"

    def _addresses(self, text: str) -> Iterator[str]:
        for match in self._address.finditer(text) if self._address else ():
            at = match.start()
            for length in self._address_lengths[match.group()]:
                self.candidates += 1
                if text[at : at + length] in self.known.addresses:
                    yield "address"
                    break

    def _names(self, text: str) -> Iterator[str]:
        names, lengths = self.known.names, self._name_lengths
        for match in self._name.finditer(text) if self._name else ():
            run = match.group(1)
            for length in lengths.get(run[:2], ()):
                self.candidates += 1
                if run[:length] in names:
                    yield "name"
                    break


def identifiers(text: str, known: Known) -> list[str]:
    """Return the kinds of the known values in one text."""
    return sorted(Looked(known).kinds(text).elements())


def _any_of(starts: dict[str, list[int]]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, sorted(starts)))) if starts else None
