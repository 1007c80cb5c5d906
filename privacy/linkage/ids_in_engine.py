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
    "CREATE MACRO id_18(x) AS CASE "
    "WHEN length(x) = 18 AND regexp_full_match(x, '[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]') "
    "AND is_day(substr(x, 7, 8)) AND check_of(TRY_CAST(left(x, 17) AS BIGINT)) = right(x, 1) "
    "AND NOT placeholder(x) THEN x "
    "WHEN length(x) = 15 AND regexp_full_match(x, '[1-9][0-9]{14}') "
    "AND is_day('19' || substr(x, 7, 6)) AND NOT placeholder(x) "
    "THEN left(x, 6) || '19' || substr(x, 7) "
    "|| check_of(TRY_CAST(left(x, 6) || '19' || substr(x, 7) AS BIGINT)) END",
    "CREATE MACRO id_text(x) AS upper(replace(replace(x, ' ', ''), '-', ''))",
)
"""Macros for `connection.execute`, in order. `id_18(x)` is the 18-digit form of a usable id, else NULL."""
