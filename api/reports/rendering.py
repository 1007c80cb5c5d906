"""Templates with their words: one environment a language, one page with both."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from api.reports.figures import with_error
from api.reports.words import LANGUAGES, catalogue, rounded, with_interval
from policies.vocabulary import MEASURES
from privacy.answers.columns import REASONS_ZH
from privacy.answers.stating import guarantee, stated

SHAPES = {"PASS": "✓", "FAIL": "✕", "INSUFFICIENT": "?", "NOT_APPLICABLE": "–"}


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language; an undefined name is a fault, never an empty space."""
    env = Environment(
        loader=ChoiceLoader([PackageLoader("api.reports"), PackageLoader("api.pages")]),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html", "jinja"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {
        "language": language,
        "zh": language == "zh",
        "shapes": SHAPES,
        "vocabulary": MEASURES,
        "rounded": rounded,
        "with_interval": with_interval,
        "guarantee": guarantee,
        "stated": stated,
        "reasons_zh": REASONS_ZH,
        "with_error": with_error,
    }
    return env


def style() -> Markup:
    """Return the style sheet, to stand inside a self-contained page."""
    text = (files("api.reports") / "static" / "report.css").read_text("utf-8")
    return Markup(text)


def both_languages(template: str, title: Mapping[str, str], **values: Any) -> str:
    """Render a template in both languages into one self-contained page.

    `first` among the values is the language that it opens in; else the first of all.
    Languages are switched by radio buttons and CSS: no script, one file, one digest, one signature.
    """
    parts = {
        language: Markup(environment(language).get_template(template).render(**values))
        for language in LANGUAGES
    }
    frame = environment("en").get_template("frame.html")
    first = values.get("first", LANGUAGES[0])
    return frame.render(parts=parts, title=title, style=style(), first=first)
