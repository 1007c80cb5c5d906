"""Every reading of some bytes as text: encodings of characters, and text in text."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

DEEPEST = 3
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{18,}(?![0-9A-Fa-f])")
_BASE64 = re.compile(
    r"[A-Za-z0-9+/_-]{60,80}(?:\r?\n[A-Za-z0-9+/_-]{4,80})+"  # broken into lines, as in mail
    r"|[A-Za-z0-9+/_-]{8,}"
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_ONLY_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){3}")
_TELLING = re.compile(
    rb"[0-9](?:[ -]?[0-9]){9}"  # a number, in ASCII and all that extends it
    rb"|(?:[0-9]\x00){10}|(?:\x00[0-9]){10}"  # the same in UTF-16
    rb"|(?:[\xe4-\xe9][\x80-\xbf]{2}){3}"  # Han in UTF-8
    rb"|[\xe4-\xe9][\x80-\xbf]{2}[A-Z][0-9A-Z]{5}"  # a plate
    rb"|\\u[0-9A-Fa-f]{4}|(?:%[0-9A-Fa-f]{2}){3}|[A-Za-z0-9+/_-]{8}"  # again encoded
)
_WORDS = re.compile(r"[\t\n\r -~·\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]{3,}")
_DOUBLE = ("utf-16-le", "utf-16-be", "gb18030")


def readings(body: bytes, depth: int = 0) -> Iterator[str]:
    """Yield every text that the bytes may be: UTF-8, UTF-16 of both orders, GB18030, and what
    these hold in base64, hex, percent signs or escapes.

    A reading is a guess; only a look into the sets of known values tells. Other encodings are tried
    where the bytes are no UTF-8, or hold a zero byte.
    """
    try:
        text = body.decode()
        broken = False
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        broken = True
    yield from within(text, depth)
    if broken or b"\x00" in body:
        for order in ("utf-16-le", "utf-16-be"):
            for start in (0, 1):
                yield from within(body[start:].decode(order, "replace"), depth)
    if broken:
        for start in (0, 1):
            yield body[start:].decode("gb18030", "replace")


def within(text: str, depth: int = 0) -> Iterator[str]:
    """Yield a text and what is encoded in it, `DEEPEST` levels down."""
    yield text
    if depth >= DEEPEST:
        return
    if "\\u" in text:
        yield from within(_unescaped(text), depth + 1)
    if "&#" in text:
        yield from within(html.unescape(text), depth + 1)
    if _PERCENT.search(text):
        yield from readings(unquote_to_bytes(text), depth + 1)
    for decoded in (_from_hex(text), _from_base64(text)):
        if decoded:
            yield from readings(decoded, depth + 1)


def _unescaped(text: str) -> str:
    units = _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _from_hex(text: str) -> bytes:
    chunks = []
    for run in dict.fromkeys(_HEX.findall(text)):
        for start in (0, 1) if len(run) % 2 else (0,):
            chunks.append(bytes.fromhex(run[start : start + (len(run) - start) // 2 * 2]))
    return _joined(chunks)


def _from_base64(text: str) -> bytes:
    """Decode every run of the alphabet from each of its first four characters on.

    A run of one case of hex digits is left to hex: base64 of a text is never that.
    """
    chunks = []
    for run in dict.fromkeys(_BASE64.findall(text)):
        run = re.sub(r"[\r\n]", "", run).replace("-", "+").replace("_", "/")
        if _ONLY_HEX.fullmatch(run):
            continue
        for start in range(4):
            part = run[start:]
            part = part[: len(part) // 4 * 4] if len(part) % 4 == 1 else part
            chunks.append(base64.b64decode(part + "=" * (-len(part) % 4)))
    return _joined(chunks)


def _joined(chunks: list[bytes]) -> bytes:
    """Join what may be text, line by line, each at an even place for UTF-16."""
    kept = [c for c in chunks if _may_be_text(c)]
    return b"".join(c + (b"\n" if len(c) % 2 else b"") + b"\n\n" for c in kept)


def _may_be_text(chunk: bytes) -> bool:
    """Tell noise from text: telling bytes, or nothing but words in an encoding of two bytes.

    A key or a pseudonym decodes to noise; searching it in every encoding would be the whole work.
    """
    if _TELLING.search(chunk):
        return True
    if len(chunk) < 6 or chunk.isascii():
        return False
    for encoding in _DOUBLE:
        try:
            if _WORDS.fullmatch(chunk.decode(encoding)):
                return True
        except UnicodeDecodeError:
            continue
    return False
