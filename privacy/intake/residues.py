"""What must not stay in a text that is kept: identifiers, however the cell wraps them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from privacy.recognition import residual_identifiers

_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
# an identifier has eleven digits or Chinese numerals, or is not plain ASCII, or is wrapped
_SUSPECT = r"[0-9][^0-9]?[0-9].*[0-9]|[^\x00-\x7f]|%[0-9A-Fa-f]{2}|[A-Za-z0-9+/_-]{16}"


def identifies(text: str) -> bool:
    """Tell whether a text holds an identifier: as it stands, percent-encoded or in base64."""
    return any(next(residual_identifiers(t), None) is not None for t in _readings(text))


def _readings(text: str) -> Iterator[str]:
    yield text
    if "%" in text:
        yield unquote(text)
    for match in _ENCODED.finditer(text):
        token = match.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(token + "=" * (-len(token) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue


def identifying_places(column: Any) -> list[int]:
    """Return the places of a text column whose value holds an identifier; each value is read once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.cast(pa.string()).dictionary_encode()
    values = encoded.dictionary
    suspect = pc.match_substring_regex(values, _SUSPECT).to_pylist()
    bad = [
        i
        for i, (value, look) in enumerate(zip(values.to_pylist(), suspect, strict=True))
        if look and identifies(value)
    ]
    if not bad:
        return []
    hit = pc.fill_null(pc.is_in(encoded.indices, pa.array(bad, encoded.indices.type)), False)
    return [i for i, h in enumerate(hit.to_pylist()) if h]
