"""What `query --help` says of the language; the whole reference is LANGUAGE.md beside this file."""

HELP = """SQL that is understood (reference with examples: privacy/query/LANGUAGE.md):
SELECT groups and figures FROM dataset [JOIN persons USING (person)] [WHERE …] [GROUP BY …]
  [HAVING …] [ORDER BY …] [LIMIT n]; WITH and subqueries in FROM choose columns and rows.
Figures: count(*), count(x), count(DISTINCT person), sum, avg, variance, stddev, median, quantile(x, 0.9),
  min and max (as labelled quantiles), top(field, n), a ratio A / B, FILTER (WHERE …), clamp(x, low, high).
Groups: columns with public values, CASE, conditions, BINS(x, 10), BINS(x, 0, 18, 60), TIERS(community),
  listed values (WHERE column IN (…)), and DISCOVER(column) for values that are not public.
Rows: + - * / // %, comparisons, IN, BETWEEN, LIKE, IS NULL, CASE, COALESCE, functions of texts and dates.
Anything else is refused with its position and what to write instead."""
"""Names the constructs in short lines, for a terminal."""
