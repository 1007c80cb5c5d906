"""Every example of the reference is a question, and what it says of them is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import privacy.query
from privacy.query import bind
from privacy.query.help import HELP
from tests.privacy.city import reach

TEXT = (Path(privacy.query.__file__).parent / "LANGUAGE.md").read_text("utf-8")
EXAMPLES = [
    sql.strip()
    for block in re.findall(r"```sql\n(.*?)```", TEXT, re.S)
    for sql in block.split(";\n")
]
EXAMPLES = [e for e in EXAMPLES if e]


@pytest.mark.parametrize("sql", EXAMPLES)
def test_every_example_is_understood(sql: str) -> None:
    plan = bind(sql, reach())
    assert plan.aggregates
    assert plan.canonical()


def test_there_is_an_example_for_each_construct() -> None:
    written = " ".join(EXAMPLES).lower()
    named = "".join(re.findall(r"^\| (?!write|---|of ).*", TEXT, re.M)).replace("\\|", "|").lower()
    words = set(re.findall(r"\b([a-z_]+)\(", named)) | {
        "like",
        "ilike",
        "between",
        "is distinct from",
    }
    said = {"quantile_cont", "var_samp", "reverse", "trim", "concat", "ends_with", "contains", "substr",
            "right", "lower", "quarter"}  # fmt: skip
    missing = {w for w in words if w not in written} - said
    assert not missing
    for word in (
        "join",
        "left join",
        "with",
        "from (",
        "having",
        "order by",
        "limit",
        "filter",
        "clamp",
    ):
        assert word in written


@pytest.mark.parametrize(
    "function",
    ["reverse(word)", "trim(word)", "concat(word, 'x')", "substr(word, 1, 2)", "right(word, 2)", "lower(word)"],
)  # fmt: skip
def test_the_functions_without_an_example_are_understood_too(function: str) -> None:
    plan = bind(f"SELECT {function} AS w, count(*) FROM residents GROUP BY w", reach())
    assert len(plan.keys[0].domain) > 1


def test_the_short_help_points_to_what_there_is() -> None:
    for word in ("count(*)", "avg", "quantile", "BINS", "TIERS", "DISCOVER", "JOIN", "LANGUAGE.md"):
        assert word in HELP
    assert len(HELP.splitlines()) <= 16
