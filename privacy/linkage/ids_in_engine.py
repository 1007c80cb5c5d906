"""Resident ids read inside the engine: the same rules as at intake, over millions of rows."""

from __future__ import annotations

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUM = " + ".join(f"(n // {10 ** (16 - i)} % 10) * {w}" for i, w in enumerate(_WEIGHTS))
MACROS = (
    # GB 11643-1999, mod 11-2, of the first 17 digits as a number
    f"CREATE MACRO check_of(n) AS substr('10X98765432', 1 + (({_SUM}) % 11)::INTEGER, 1)",
    "CREATE MACRO without(x, c) AS replace(x, c, '')",
    # two characters or fewer: a placeholder
    "CREATE MACRO placeholder(x) AS "
    "without(without(x, left(x, 1)), left(without(x, left(x, 1)), 1)) = ''",
    "CREATE MACRO is_day(d) AS "
    "TRY_CAST(left(d, 4) || '-' || substr(d, 5, 2) || '-' || right(d, 2) AS DATE) IS NOT NULL",
    # a century leaves an id of two characters only these pairs
    "CREATE MACRO shape_18(x) AS regexp_full_match(x, '[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]') "
    "AND NOT regexp_full_match(x, '[18]+|[19]+|[20]+')",
    "CREATE MACRO shape_15(x) AS length(x) = 15 AND regexp_full_match(x, '[1-9][0-9]{14}') "
    "AND NOT placeholder(x)",
    "CREATE MACRO id_text(x) AS upper(replace(replace(x, ' ', ''), '-', ''))",
    # x: the text of an id, longer: its 18-digit form or what may be one, n: the first 17 as a number;
    # each step is a column, so that the engine works it out once a row
    "CREATE MACRO with_ids(t) AS TABLE SELECT *, CASE "
    "WHEN n IS NOT NULL AND is_day(substr(longer, 7, 8)) AND "
    "(length(x) = 15 OR check_of(n) = right(x, 1)) THEN left(longer, 17) || check_of(n) END AS good "
    "FROM (SELECT *, TRY_CAST(left(longer, 17) AS BIGINT) AS n FROM (SELECT *, CASE "
    "WHEN shape_18(x) THEN x WHEN shape_15(x) THEN left(x, 6) || '19' || substr(x, 7) END AS longer "
    "FROM (SELECT *, id_text(resident_id) AS x FROM query_table(t))))",
)
"""Macros for `connection.execute`, in order. `with_ids(table)` adds `good`: the 18-digit form of a usable
`resident_id`, else NULL, and `x`, the text as it was read."""
