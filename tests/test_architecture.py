"""The rules of the house that a machine can check, beyond the import contracts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("policies", "privacy", "audit", "api")
PURE = (
    "privacy/query",
    "privacy/answers",
    "privacy/accounting",
    "privacy/tiers",
    "privacy/fabrication",
    "privacy/survey",
    "policies/record",
    "policies/decisions",
    "audit/segregation",
    "audit/allocation",
    "audit/inference",
)
CATCH_ALL = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py", "manager.py"}
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def _names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {
        name: lines
        for name, path in zip(_names(SOURCES + TESTS), SOURCES + TESTS, strict=True)
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 60:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {length}")
    assert not long


def test_no_room_has_a_drawer_for_everything() -> None:
    assert not [name for name in _names(SOURCES) if Path(name).name in CATCH_ALL]


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_take_no_clock_and_no_randomness_of_their_own(room: str) -> None:
    forbidden = {
        ("time", "time"),
        ("datetime", "now"),
        ("datetime", "today"),
        ("date", "today"),
        ("random", "random"),
    }
    found = []
    for path in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                found += [f"{path}: import {m}" for m in modules if m in {"random", "secrets"}]
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (node.value.id, node.attr) in forbidden:
                    found.append(f"{path}:{node.lineno} {node.value.id}.{node.attr}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == "default_rng" and not node.args:
                    found.append(f"{path}:{node.lineno} unseeded default_rng()")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "open":
                    found.append(f"{path}:{node.lineno} open()")
    assert not found


def test_every_public_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.read_text("utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_the_lock_names_no_index() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text("utf-8")


def test_only_a_grant_made_by_authorise_exists() -> None:
    makers = [
        name
        for name, path in zip(_names(SOURCES), SOURCES, strict=True)
        if any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Grant"
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
        )
    ]
    assert all(name.startswith("policies/decisions/") for name in makers)
