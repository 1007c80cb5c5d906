"""The questionnaire: one self-contained page that randomises on the person's own device.

It works offline and from a file. Its Content-Security-Policy allows exactly its own script and style, by digest,
and no host but the one that it came from, to hand the answer in when the person says so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from privacy.survey import Survey, epsilon_of, limits


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The bytes of a page and the policy that the page itself states."""

    body: bytes
    policy: str


def questionnaire(survey: Survey) -> Questionnaire:
    """Render the page of a survey: the same survey makes the same bytes, so that its digest can be checked."""
    style, script = _asset("questionnaire.css"), _asset("questionnaire.js")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )
    body = (
        _environment()
        .get_template("questionnaire.html")
        .render(
            survey=survey,
            policy=policy,
            style=Markup(style),
            script=Markup(script),
            design=_embedded(survey.as_json() | {"digest": survey.digest}),
            odds=_odds(survey),
            limits=limits(survey),
            remembers_truth=any(q.memory.max_changes for q in survey.questions),
        )
    )
    return Questionnaire(body.encode(), policy)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> str:
    return (files("api.pages") / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _embedded(document: dict[str, Any]) -> Markup:
    # inside a script element only "<" could end it; JSON knows it by its number too
    text = json.dumps(document, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return Markup(text)


def _odds(survey: Survey) -> str:
    """Return e^ε, how many times as likely a conclusion can become at most, rounded up."""
    odds = math.exp(epsilon_of(survey.nano_lifetime))
    return f"{math.ceil(odds * 100) / 100:.2f}" if odds < 10 else f"{math.ceil(odds):,}"
