"""Biometrics are refused: by the column's name, and by what a cell or a file begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policies.errors import Refused
from privacy.contract import BIOMETRIC_NAME, BIOMETRIC_RULE

if TYPE_CHECKING:
    import pyarrow as pa

_SHORTEST = 44
_TODO = "remove the column from the extract before it is handed over"
# JPEG, PNG, RIFF (WAV), GIF; ISO/IEC 19794: finger image, finger minutiae, face, iris
_MAGIC = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8",
    b"FIR\x00", b"FMR\x00", b"FAC\x00", b"IIR\x00",
)  # fmt: skip
_BASE64 = ("/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD", "RklSA", "Rk1SA", "RkFDA", "SUlSA")
_HEX = "|".join(m.hex() for m in _MAGIC)
_CELL = (
    r"data:(?:image|audio|video)/"
    rf"|(?:^|[^A-Za-z0-9+/])(?:{'|'.join(_BASE64)})[A-Za-z0-9+/]{{32}}"
    rf"|(?i:(?:^|[^0-9a-z])(?:0x|\\x)?(?:{_HEX})[0-9a-f]{{32}})"
)


def refuse_file(start: bytes, where: str) -> None:
    """Refuse a file that is an image, a sound or a biometric template.

    Raises
    ------
    Refused
        PIPL Art. 26 and 28; plan §5.4.
    """
    if start.startswith(_MAGIC):
        raise Refused(BIOMETRIC_RULE, where=where, todo="hand over a table")


def refuse_columns(names: Sequence[str], where: str) -> None:
    """Refuse an extract with a column that is named after what a body is recognised by."""
    for place, name in enumerate(names, 1):
        if BIOMETRIC_NAME.search(name):
            raise Refused(BIOMETRIC_RULE, where=f"{where} column {place}", todo=_TODO)


def refuse_cells(table: pa.Table, where: str) -> None:
    """Refuse a batch one of whose cells holds an image, a sound or a template.

    Looked for at the beginning of a cell and after any separator within it (JSON, a URL), in plain
    base64, as a data URI and in hex.
    """
    import pyarrow.compute as pc

    for name in table.column_names:
        column = table.column(name)
        if not len(column) or (pc.max(pc.binary_length(column)).as_py() or 0) < _SHORTEST:
            continue
        hit = pc.index(pc.match_substring_regex(column, _CELL), True).as_py()
        if hit >= 0:
            raise Refused(BIOMETRIC_RULE, where=f"{where} column {name}", todo=_TODO)
