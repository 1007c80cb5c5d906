"""Make the table of traditional characters and their simplified forms that ships.

Run as `python -m privacy.training.simplified privacy/recognition/reading/simplified.txt`. The characters are
OpenCC's (Apache-2.0): every character that its conversion from traditional to simplified changes alone.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

_HAN = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2EBF0))
_NOTE = """\
# Traditional characters (first line) and their simplified forms (second line), one to one.
# Derived from the character dictionaries of OpenCC {version}, (c) Carbo Kuo and the OpenCC
# contributors, Apache License 2.0; the text of the licence is LICENSE in the distribution of OpenCC.
# Made by `python -m privacy.training.simplified`; changed only by running it again.
"""


def table() -> tuple[str, str]:
    """Return the changed characters and what each becomes, as two texts of one length."""
    import opencc

    convert = opencc.OpenCC("t2s").convert
    pairs = [(chr(code), convert(chr(code))) for block in _HAN for code in block]
    kept = [(a, b) for a, b in pairs if a != b and len(b) == 1 and convert(b) == b]
    return "".join(a for a, _ in kept), "".join(b for _, b in kept)


def main() -> None:
    """Write the table to the file that is named."""
    note = _NOTE.format(version=version("opencc"))
    Path(sys.argv[1]).write_text(note + "\n".join(table()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
