"""Values that the row itself gives: its own name, phone, id and address, in any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from privacy.recognition.findings import Found
from privacy.recognition.normalisation import normalise

_GAP = r"[ \-·.]{0,2}"


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value that stands in the row and must not stand in its note; the repr hides it."""

    type: str
    value: str = field(repr=False)


def find_known(text: str, known: Sequence[KnownValue]) -> Iterator[Found]:
    """Find the row's own values in normalised text.

    Numbers are found with spaces and dashes inside; a 15-digit id also within its 18-digit form
    and the other way round; values shorter than two characters are not searched for.
    """
    for k in known:
        value = normalise(k.value.strip()).text
        if len(value) < 2:
            continue
        forms = {value}
        if k.type == "CN_RESIDENT_ID" and len(value) == 18:
            forms.add(value[:6] + value[8:17])
        for form in forms:
            if form in text:  # most values stand as they are: no pattern is needed
                start = text.find(form)
                while start >= 0:
                    yield Found(start, start + len(form), k.type, 1.0)
                    start = text.find(form, start + len(form))
            elif len(form) >= 7 and form.isascii():
                spaced = _GAP.join(map(re.escape, form))
                for match in re.finditer(spaced, text, re.IGNORECASE):
                    yield Found(match.start(), match.end(), k.type, 1.0)
