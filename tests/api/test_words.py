"""Every sentence that a template shows has its Chinese, with the same places to fill."""

from __future__ import annotations

import re
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

_PLACE = re.compile(r"%\((\w+)\)s")


def _messages() -> set[str]:
    found: set[str] = set()
    for package in ("api.reports", "api.pages"):
        for path in sorted(Path(str(files(package))).rglob("*.html")):
            options = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true"}
            for _, _, message, _ in babel_extract(
                BytesIO(path.read_bytes()), ("_", "gettext"), (), options
            ):
                found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_sentence_is_translated() -> None:
    body = (files("api.reports") / "translations" / "zh.po").read_bytes()
    known = {str(m.id): str(m.string) for m in read_po(BytesIO(body)) if m.id}
    messages = _messages()
    assert len(messages) > 100
    assert sorted(m for m in messages if not known.get(m)) == []
    for message in messages:
        assert set(_PLACE.findall(message)) == set(_PLACE.findall(known[message])), message
    assert sorted(set(known) - messages) == []
