"""What a release says of whom it protects, and of whom less."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from privacy.answers.stating import guarantee, stated
from privacy.noise import Ask, Drawn, price
from privacy.query import bind
from privacy.release import Release, body_of, release_of
from tests.privacy.small import contract


def _release(most_pseudonyms: int) -> Release:
    of = contract(most_pseudonyms=most_pseudonyms)
    plan = bind("SELECT count(*) FROM residents", of)
    return release_of(
        identifier="r-1",
        plan=plan,
        priced=price(plan, Ask(rho=0.1), of.delta),
        drawn=Drawn({"s0": np.array([7], dtype=np.int64)}),
        snapshot="residents@1",
        commitment="hmac-sha256:0",
        purpose="planning",
        synthetic=True,
    )


@pytest.mark.parametrize("most", [1, 2, 5])
def test_the_noise_covers_as_many_pseudonyms_as_the_release_says(most: int) -> None:
    stated = _release(most).as_json()["privacy"]
    assert stated["most_pseudonyms"] == most
    scale = stated["mechanisms"][0]["scale"]
    assert most**2 / (2 * scale**2) == pytest.approx(stated["rho"], rel=1e-6)  # ρ = Δ² / 2σ²


def test_a_release_read_back_says_the_same() -> None:
    release = _release(3)
    body = body_of(release)
    assert body_of(Release.from_json(json.loads(body))) == body


@pytest.mark.parametrize(
    ("language", "words", "less"),
    [("en", "at most 3 pseudonyms", "protected less"), ("zh", "至多有3个假名", "相应减弱")],
)
def test_the_guarantee_says_who_is_protected_less(language: str, words: str, less: str) -> None:
    privacy = _release(3).as_json()["privacy"]
    said = guarantee(privacy, language)
    assert words in said
    assert less in said
    assert f"{math.exp(privacy['epsilon']):.2f}" in said


@pytest.mark.parametrize(
    ("delta", "one_in"),
    [
        (5e-6, "200,000"),
        (1e-6, "1,000,000"),
        (1e-9, "1,000,000,000"),
        (3e-6, "330,000"),
        (0.3, "3"),
    ],
)
def test_the_small_chance_is_said_in_whole_numbers_and_never_smaller(
    delta: float, one_in: str
) -> None:
    privacy = _release(1).as_json()["privacy"] | {"delta": delta}
    assert f"one in {one_in})" in guarantee(privacy, "en")
    assert f"不超过{one_in}分之一" in guarantee(privacy, "zh")


def test_every_property_is_stated_in_both_languages() -> None:
    privacy = _release(2).as_json()["privacy"]
    english, chinese = stated(privacy, "en"), stated(privacy, "zh")
    assert len(english) == len(chinese)
    said = " ".join(words for _, words in english)
    assert "add or remove one person" in said
    assert "20,000 persons" in said
    assert f"{privacy['epsilon']:.6g}" in said
    assert "discrete Gaussian" in said
    assert "at most 2 × 1 rows" in said
    assert "离散高斯" in " ".join(words for _, words in chinese)
