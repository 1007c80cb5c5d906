"""Reading a policy: YAML, strictly; its digest is that of its canonical form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from policies.errors import BadInput
from policies.record import canonical, digest
from policies.vocabulary import MEASURES

_KEYS = {
    "policy", "id", "version", "kind", "title", "sources", "group", "family", "z_pass", "z_fail",
    "requires", "rules", "examples", "settings", "note",
}  # fmt: skip
_RULE_KEYS = {
    "id", "measure", "sense", "limit", "margin", "estimand", "source", "not_applicable_without",
    "requires", "why",
}  # fmt: skip


_LARGEST_Z = 10.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a measure, the side on which it must stay of limit ± margin, and its source.

    `not_applicable_without` names an input whose absence the policy itself recognises.
    """

    id: str
    measure: str
    sense: Literal["at_most", "at_least"]
    limit: float
    margin: float
    estimand: str
    source: str
    requires: tuple[str, ...] = ()
    not_applicable_without: str | None = None
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """A written policy. `settings` holds the numbers of policies that are not about audits."""

    id: str
    version: str
    kind: str
    digest: str
    title: Mapping[str, str]
    group: str | None
    family: int
    z_pass: float
    z_fail: float
    requires: tuple[str, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]
    document: Mapping[str, Any]


def read_policy(text: str | bytes, where: str = "policy") -> Policy:
    """Read a policy.

    Raises
    ------
    BadInput
        A key is unknown, missing or of the wrong kind, or a rule speaks of an unknown measure.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadInput("cannot be read as YAML", where=where) from error
    if not isinstance(document, dict) or document.get("policy") != 1:
        raise BadInput("is not a policy of version 1", where=where)
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise BadInput(f"unknown key {', '.join(unknown)}", where=where)
    try:
        rules = tuple(_rule(r, where) for r in document.get("rules") or ())
        if len({r.id for r in rules}) != len(rules):
            raise BadInput("two rules have the same id", where=where)
        family = int(document.get("family", max(1, len(rules))))
        if family < len(rules):
            raise BadInput("the declared family is smaller than the number of rules", where=where)
        z_pass, z_fail = float(document.get("z_pass", 1.96)), float(document.get("z_fail", 2.73))
        if not 0 < z_pass <= z_fail <= _LARGEST_Z:
            raise BadInput(f"0 < z_pass ≤ z_fail ≤ {_LARGEST_Z}", where=where)
        return Policy(
            id=str(document["id"]),
            version=str(document["version"]),
            kind=str(document["kind"]),
            digest=digest(canonical(document)),
            title=dict(document["title"]),
            group=document.get("group"),
            family=family,
            z_pass=z_pass,
            z_fail=z_fail,
            requires=tuple(document.get("requires") or ()),
            rules=rules,
            examples=tuple(document.get("examples") or ()),
            settings=dict(document.get("settings") or {}),
            document=document,
        )
    except KeyError as error:
        raise BadInput(f"lacks the key {error}", where=where) from error
    except (TypeError, ValueError) as error:
        raise BadInput("a key holds the wrong kind of value", where=where) from error


def _rule(document: Mapping[str, Any], where: str) -> Rule:
    place = f"{where}: rule {document.get('id')}"
    unknown = sorted(set(document) - _RULE_KEYS)
    if unknown:
        raise BadInput(f"unknown key {', '.join(unknown)}", where=place)
    if document["measure"] not in MEASURES:
        raise BadInput(
            "speaks of an unknown measure", where=place, todo=f"one of {', '.join(MEASURES)}"
        )
    if document.get("sense", "at_most") not in ("at_most", "at_least"):
        raise BadInput("sense is at_most or at_least", where=place)
    limit, margin = float(document["limit"]), float(document.get("margin", 0))
    if not (math.isfinite(limit) and math.isfinite(margin) and margin >= 0):
        raise BadInput("limit and margin are finite, and margin is from 0", where=place)
    return Rule(
        id=str(document["id"]),
        measure=document["measure"],
        sense=document.get("sense", "at_most"),
        limit=limit,
        margin=margin,
        estimand=str(document["estimand"]),
        source=str(document["source"]),
        requires=tuple(document.get("requires") or ()),
        not_applicable_without=document.get("not_applicable_without"),
        why=dict(document.get("why") or {}),
    )
