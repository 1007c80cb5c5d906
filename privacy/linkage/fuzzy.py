"""Links by likeness: candidate pairs by blocking rules, scored by Splink's model.

The model is that of Fellegi and Sunter (1969, "A Theory for Record Linkage", JASA 64): each
comparison adds log₂(m/u) to the weight of a pair. The m and u are stated here, not learnt from the
data at hand, so that two runs of one session say the same; how common a name is follows from the data.
"""

from __future__ import annotations

import logging
from typing import Any

Level = tuple[str, float, float]
"""Condition, m: its probability among pairs of one person, u: among pairs of two persons."""

_NEAR_NAME = (
    "damerau_levenshtein(name_l, name_r) <= 1 OR "
    "list_sort(string_split(name_l, '')) = list_sort(string_split(name_r, ''))"
)
COMPARISONS: dict[str, tuple[Level, ...]] = {
    "name": (
        ("name_l = name_r", 0.78, 4e-5),
        ("pinyin_l = pinyin_r", 0.08, 4e-5),
        (f"least(length(name_l), length(name_r)) >= 3 AND ({_NEAR_NAME})", 0.11, 2e-3),
        (_NEAR_NAME, 0.015, 0.015),
        ("ELSE", 0.015, 0.983),
    ),
    "birth": (
        ("birth_l = birth_r", 0.90, 4e-5),
        ("birth_key_l = birth_key_r", 0.03, 4e-5),
        ("damerau_levenshtein(birth_l, birth_r) <= 1", 0.05, 1.5e-3),
        ("ELSE", 0.02, 0.998),
    ),
    "phone": (
        ("phone_l = phone_r", 0.85, 1e-6),
        ("damerau_levenshtein(phone_l, phone_r) <= 1", 0.10, 3e-7),
        ("ELSE", 0.05, 0.999),
    ),
    "sex": (("sex_l = sex_r", 0.985, 0.5), ("ELSE", 0.015, 0.5)),
    "door": (("door_l = door_r", 0.6, 2e-5), ("ELSE", 0.4, 0.999)),
    "number": (
        ("damerau_levenshtein(number_l, number_r) <= 1", 0.85, 1e-7),
        ("damerau_levenshtein(number_l, number_r) <= 2", 0.10, 1e-6),
        ("ELSE", 0.05, 0.999),
    ),
}
_NULL = {
    # two usable ids that differ are not misspellings of one another: they say nothing here
    "number": "number_l IS NULL OR number_r IS NULL OR (who_l IS NOT NULL AND who_r IS NOT NULL)",
}
_WITH_OPEN = (
    "a.phone = b.phone",
    "a.pinyin = b.pinyin AND a.birth_key = b.birth_key",
    "a.birth = b.birth AND a.sex = b.sex AND left(a.name, 1) = left(b.name, 1)",
    "a.birth = b.birth AND a.door = b.door",
    "a.name = b.name AND left(a.birth, 4) = left(b.birth, 4)",
    "a.name = b.name AND right(a.birth, 4) = right(b.birth, 4)",
    "a.name = b.name AND a.door = b.door",
    "left(a.number, 14) = left(b.number, 14)",
    "right(a.number, 12) = right(b.number, 12)",
)
# twins share birth, sex, phone and half a name: two usable ids need a name that is spelt or sounds alike
_AMONG_PEOPLE = (
    "a.phone = b.phone AND a.pinyin = b.pinyin",
    "a.name = b.name AND a.birth = b.birth",
)


def splink_installed() -> bool:
    """Tell whether the extra `link` is there."""
    from importlib.util import find_spec

    return find_spec("splink") is not None


def candidate_pairs(connection: Any) -> int:
    """Make the table `pairs`: which nodes are worth comparing; return how many pairs there are.

    No rule pairs records on one common value alone: a name goes with a year or a day, a date
    with a surname and a sex. So the pairs grow with the records, not with their square.
    """
    connection.execute(
        "CREATE TABLE open AS SELECT * FROM nodes "
        "WHERE who IS NULL AND node NOT IN (SELECT node FROM assigned)"
    )
    parts = [
        f"SELECT a.node, b.node FROM open a JOIN nodes b ON {rule} "
        "WHERE b.who IS NOT NULL OR (a.node < b.node AND b.node IN (SELECT node FROM open))"
        for rule in _WITH_OPEN
    ] + [
        f"SELECT a.node, b.node FROM nodes a JOIN nodes b ON {rule} WHERE a.who < b.who"
        for rule in _AMONG_PEOPLE
    ]
    connection.execute(
        "CREATE TABLE pairs AS SELECT join_key_l, join_key_r, '0' AS match_key FROM ("
        + " UNION ".join(parts)
        + ") t(join_key_l, join_key_r)"
    )
    return int(connection.execute("SELECT count(*) FROM pairs").fetchone()[0])


def score_pairs(connection: Any) -> None:
    """Make the table `scored` (a, b, probability, weight) of `pairs` with Splink."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    connection.execute(
        "CREATE TABLE compared AS SELECT node AS unique_id, who, name, pinyin, birth, birth_key, "
        "phone, sex, door, number FROM nodes WHERE node IN "
        "(SELECT join_key_l FROM pairs UNION ALL SELECT join_key_r FROM pairs)"
    )
    people = connection.execute("SELECT greatest(count(*), 10) FROM people").fetchone()[0]
    api = DuckDBAPI(connection)
    linker = Linker(
        api.register("compared"), settings(1 / people), log_level=None, validate_settings=False
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register("pairs"))
    found = linker.inference.predict(threshold_match_probability=0.01, warning_mode="never")
    connection.execute(
        "CREATE TABLE scored AS SELECT unique_id_l AS a, unique_id_r AS b, "
        f"match_probability AS probability, match_weight AS weight FROM {found.physical_name}"
    )


def settings(prior: float) -> Any:
    """Return Splink's settings: the table above, and the prior that two records are one person's."""
    from splink import SettingsCreator

    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(name, levels) for name, levels in COMPARISONS.items()],
        blocking_rules_to_generate_predictions=[
            {"blocking_rule": "l.unique_id = r.unique_id", "sql_dialect": "duckdb"}
        ],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
        additional_columns_to_retain=["who"],
    )


def _comparison(name: str, levels: tuple[Level, ...]) -> dict[str, Any]:
    missing = _NULL.get(name, f"{name}_l IS NULL OR {name}_r IS NULL")
    made: list[dict[str, Any]] = [{"sql_condition": missing, "is_null_level": True}]
    for condition, m, u in levels:
        level = {"sql_condition": condition, "m_probability": m, "u_probability": u}
        if condition == "name_l = name_r":
            level |= {"tf_adjustment_column": "name", "tf_adjustment_weight": 1.0}
        made.append(level)
    return {"output_column_name": name, "comparison_levels": made}
