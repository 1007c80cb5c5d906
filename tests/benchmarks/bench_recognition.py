"""How well and how fast persons, addresses, organisations and identifiers are found.

Made-up notes always, real sentences by COMMONGROUND_DATA. `--card FILE` writes the model's card.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from math import sqrt
from pathlib import Path

from privacy.recognition import Redactor, normalise
from privacy.recognition.names.model import SHIPPED, shipped_model
from privacy.recognition.names.naming import Namer
from tests.benchmarks.notes_to_find import EVEN, FIRST, FRESH, Material, notes

Span = tuple[int, int, str]
Rows = list[tuple[str, list[Span]]]
Finds = Callable[[str], list[Span]]
_KINDS = {"ORG": "ORGANIZATION"}
SEED, NOTES, EVENLY = 5, 4_000, 6_000
MINORITY = ("minority, with a dot", "minority, no dot")
COMPARED = ("Han of two", "Han of three", "compound", *MINORITY)


@dataclass(slots=True)
class Count:
    """Spans found, wanted and right: exactly, and by any overlap."""

    given: int = 0
    wanted: int = 0
    exact: int = 0
    met: int = 0
    hit: int = 0
    characters: int = 0
    covered: int = 0

    def rates(self, exact: bool) -> tuple[float, float, float, float]:
        """Return precision, recall, F1 and F2 (van Rijsbergen 1979: recall weighs four times)."""
        right, found = (self.exact, self.exact) if exact else (self.hit, self.met)
        precision = right / self.given if self.given else float("nan")
        recall = found / self.wanted if self.wanted else float("nan")
        both = 4 * precision + recall
        return (
            precision,
            recall,
            2 * precision * recall / (precision + recall) if precision + recall else 0.0,
            5 * precision * recall / both if both else 0.0,
        )


def counted(rows: Iterable[tuple[str, list[Span]]], find: Finds) -> dict[str, Count]:
    """Count by type what `find` finds in labelled texts."""
    counts: dict[str, Count] = defaultdict(Count)
    for text, gold in rows:
        found = find(text)
        for kind in {k for *_, k in gold} | {k for *_, k in found}:
            want = [(a, b) for a, b, k in gold if k == kind]
            got = [(a, b) for a, b, k in found if k == kind]
            inside = {i for a, b, _ in found for i in range(a, b)}
            c = counts[kind]
            c.wanted, c.given = c.wanted + len(want), c.given + len(got)
            c.exact += len(set(want) & set(got))
            c.met += sum(any(x < b and a < y for x, y in got) for a, b in want)
            c.hit += sum(any(x < b and a < y for a, b in want) for x, y in got)
            c.characters += sum(b - a for a, b in want)
            c.covered += sum(i in inside for a, b in want for i in range(a, b))
    return counts


def made_up(seed: int = SEED, n: int = NOTES, of: Material = FIRST) -> Rows:
    """Return n made-up notes with what stands in them."""
    return [(t, [(g.start, g.end, g.type) for g in gold]) for t, gold in notes(seed, n, of=of)]


def real(path: Path) -> Rows:
    """Return the real sentences of a file."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(r["text"], [(a, b, _KINDS.get(k, k)) for a, b, k in r["spans"]]) for r in rows]


@dataclass(slots=True)
class Recall:
    """How many persons of a kind of name there were, and were found exactly, or wholly covered."""

    wanted: int = 0
    exact: int = 0
    covered: int = 0
    names: set[str] = field(default_factory=set)

    @property
    def rate(self) -> float:
        """The share found exactly."""
        return self.exact / self.wanted

    @property
    def error(self) -> float:
        """Its standard error."""
        return sqrt(self.rate * (1 - self.rate) / self.wanted)


def by_kind(
    find: Finds, shares: dict[str, int], seed: int, n: int, of: Material = FIRST
) -> dict[str, Recall]:
    """Return the recall of persons by kind of name, each kind in the same phrases."""
    recalls: dict[str, Recall] = defaultdict(Recall)
    for text, gold in notes(seed, n, shares, of):
        found = find(text)
        exact = {(a, b) for a, b, k in found if k == "PERSON"}
        inside = {i for a, b, _ in found for i in range(a, b)}
        for g in gold:
            for kind in (g.kind, "minority") if g.kind in MINORITY else (g.kind,):
                if kind:
                    r = recalls[kind]
                    r.wanted += 1
                    r.exact += (g.start, g.end) in exact
                    r.covered += all(i in inside for i in range(g.start, g.end))
                    r.names.add(text[g.start : g.end])
    return recalls


def redacted(redactor: Redactor) -> Finds:
    """Return the whole redactor as a function from a text to spans."""
    return lambda text: [(e.start, e.end, e.type) for e in redactor.analyse(text)]


def named_by(namer: Namer) -> Finds:
    """Return the model and the grammars as a function from a text to spans."""
    return lambda text: [(f.start, f.end, f.type) for f in namer.find(normalise(text).text)]


def table(counts: dict[str, Count]) -> list[str]:
    """Return a table of rates by type, in Markdown."""
    lines = [
        "| type | wanted | P exact | R exact | F1 exact | F2 exact | P any | R any | F1 any | F2 any | characters covered |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind, c in sorted(counts.items()):
        rates = " | ".join(f"{x:.3f}" for e in (True, False) for x in c.rates(e))
        covered = f"{c.covered / c.characters:.4f}" if c.characters else "none wanted"
        lines.append(f"| {kind} | {c.wanted} | {rates} | {covered} |")
    return lines


def kinds_table(recalls: dict[str, Recall]) -> list[str]:
    """Return a table of recall by kind of name, in Markdown."""
    lines = [
        "| kind of name | in the notes | different names | found exactly | standard error | wholly covered |",
        "|---|---|---|---|---|---|",
    ]
    for kind, r in sorted(recalls.items(), key=lambda item: -item[1].rate):
        lines.append(
            f"| {kind} | {r.wanted} | {len(r.names)} | {r.rate:.1%} | {r.error:.1%} | {r.covered / r.wanted:.1%} |"
        )
    return lines


def _speed(find: Callable[[str], object], texts: list[str]) -> float:
    find(texts[0])
    start = time.process_time()
    for text in texts:
        find(text)
    return sum(map(len, texts)) / (time.process_time() - start)


def _notes_measured(find: Finds, title: str, of: Material) -> list[str]:
    rows = made_up(of=of)
    recalls = by_kind(find, EVEN, SEED + 1, EVENLY, of)
    apart = [recalls[k].rate for k in ("Han of two", "Han of three", "compound", "minority")]
    return [
        f"{title} ({len(rows):,}), the whole redactor:",
        "",
        *table(counted(rows, find)),
        "",
        "Persons by kind of name, each kind in the same phrases:",
        "",
        *kinds_table(recalls),
        "",
        f"The kinds lie {100 * (max(apart) - min(apart)):.1f} points apart.",
        "",
    ]


def measured() -> tuple[list[str], bool]:
    """Return everything that is measured as lines of Markdown, and whether real text was there."""
    find = redacted(Redactor())
    lines = [
        *_notes_measured(find, "Made-up notes", FIRST),
        *_notes_measured(find, "A second set of notes, which nothing was put right by", FRESH),
    ]
    data = os.environ.get("COMMONGROUND_DATA")
    path = Path(data or "") / "pii" / "zh_dev.jsonl"
    there = bool(data) and path.is_file()
    if not there:
        lines.append(
            "Real sentences: not measured, COMMONGROUND_DATA is absent or holds no pii/zh_dev.jsonl."
        )
        return lines, there
    sentences = real(path)
    counts = counted(sentences, find)
    lines += [
        f"Real sentences ({len(sentences):,}; news, résumés, social media), the whole redactor:",
        "",
        *table({k: counts[k] for k in ("PERSON", "ADDRESS", "ORGANIZATION")}),
    ]
    return lines, there


def main() -> None:
    """Print the tables and the speed; with `--card FILE`, write the model's card."""
    from tests.benchmarks.card import card

    lines, there = measured()
    sys.stdout.write("\n".join(lines) + "\n")
    # notes of about 75 characters, as departments write them: two or three of ours together
    short = [text for text, _ in made_up(SEED + 2, 5_000)]
    texts = ["".join(short[i : i + 5])[:75] for i in range(0, len(short), 5)]
    for title, find in (
        ("the model", shipped_model().find),
        ("the model and the grammars", Namer().find),
        ("the whole redactor", Redactor().analyse),
    ):
        speed = _speed(find, texts)
        sys.stdout.write(f"{title}: {speed:,.0f} characters/s, {speed / 75:,.0f} notes of 75/s\n")
    if "--card" in sys.argv:
        if not there:
            raise SystemExit("the card wants the real sentences: set COMMONGROUND_DATA")
        model = Path(str(files("privacy.recognition.names") / SHIPPED))
        Path(sys.argv[-1]).write_text(card(model, lines), "utf-8")


if __name__ == "__main__":
    main()
