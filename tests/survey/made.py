"""Surveys that the tests of this folder share."""

from __future__ import annotations

from typing import Any

import yaml

from privacy.survey import Survey, read_survey_file


def document(**changes: Any) -> dict[str, Any]:
    """A small survey: one question of two options, one of five with scores, one of many options."""
    options = [{"id": f"n{i}", "zh": f"需求{i}", "en": f"Need {i}"} for i in range(12)]
    made: dict[str, Any] = {
        "survey": "t-1", "series": "t", "population": "people", "wave": 1, "lifetime_epsilon": 3,
        "title": {"zh": "测试问卷", "en": "A survey to test with"},
        "minimum_answers": 10,
        "questions": [
            {
                "id": "fear", "text": {"zh": "您担心吗？", "en": "Do you fear it?"}, "max_changes": 1,
                "options": [
                    {"id": "fears", "zh": "担心", "en": "I fear it"}, {"id": "calm", "zh": "不担心", "en": "I do not"},
                ],
            },
            {
                "id": "trust", "text": {"zh": "您信任吗？", "en": "Do you trust them?"}, "renew": [1, 3],
                "options": [
                    {"id": f"s{s}", "zh": f"{s}分", "en": f"{s} points", "score": s} for s in (0, 25, 50, 75, 100)
                ],
            },
            {"id": "need", "text": {"zh": "您最需要什么？", "en": "What do you need most?"}, "options": options},
        ],
    }  # fmt: skip
    return made | changes


def body(**changes: Any) -> bytes:
    """The survey as a file."""
    return yaml.safe_dump(document(**changes), allow_unicode=True).encode()


def survey(**changes: Any) -> Survey:
    """The survey as read."""
    return read_survey_file(body(**changes), "t.yaml")[0]
