"""The whole synthetic city in one folder: places, contracts, extracts, allocations, queries, truth."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policies.errors import BadInput

Progress = Callable[[str, int, int], None]
README = """SYNTHETIC · 合成数据

Everything in this folder was made up by Common Ground. No record is of a real person: resident
numbers carry region codes that were never assigned. Names of communities are real, what is said
of them is not. 本目录全部内容均为合成，不涉及任何真实个人；社区名称真实，所述情况虚构。

contracts/    data contracts, one a dataset          数据契约
extracts/     twelve departments' extracts           十二部门数据
allocations/  what each arm did with the homes       各方案的住房分配
queries/      questions to begin with                示例查询
events/       requests and complaints, with contract  服务请求与投诉（含契约）
truth/        who is who; never part of a workspace  真值，不进入工作区
"""
QUERIES = {
    "by_community.sql": "SELECT community, status, count(*) FROM residents GROUP BY 1, 2",
    "by_age.sql": "SELECT district, age_band, count(*) FROM residents GROUP BY 1, 2",
    "newcomers.sql": "SELECT district, count(*) FROM residents "
    "WHERE status = 'migrant' AND years_here IN ('0-0', '1-2') GROUP BY 1",
    "three_tiers.sql": "SELECT TIERS(community), count(*) FROM residents GROUP BY TIERS(community)",
    "response_hours.sql": "SELECT service, count(*), avg(response_hours), median(response_hours) "
    "FROM service_requests GROUP BY service",
    "waiting_by_status.sql": "SELECT status, avg(response_hours) FROM service_requests "
    "JOIN residents USING (person) GROUP BY status",
    "asking.sql": "SELECT service, count(DISTINCT person) FROM service_requests GROUP BY service",
}


def make_city(out: Path, *, people: int, seed: int, progress: Progress) -> dict[str, Any]:
    """Write the city into the new folder `out`, whole or not at all.

    Raises
    ------
    BadInput
        The folder exists and is not empty.
    """
    from api.demo.allocations import write_allocations
    from api.demo.contract_files import write_contracts
    from api.demo.extracts import write_extracts
    from api.demo.households import households
    from api.demo.places import places, write_places
    from api.demo.population import people_blocks
    from api.demo.service_requests import FOLDER, write_requests

    if out.exists() and any(out.iterdir()):
        raise BadInput("is not empty", where=str(out), todo="give --out a new folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        where = places(people, seed)
        written = write_extracts(draft, where, households(where, seed), seed, progress)
        write_contracts(draft / "contracts", written.people)
        write_places(where, draft / "contracts" / "communities.csv")
        write_requests(
            draft / FOLDER, people_blocks(where, households(where, seed), seed), where, seed
        )
        write_places(where, draft / FOLDER / "communities.csv")
        write_allocations(draft, where, seed, progress)
        (draft / "queries").mkdir()
        for name, sql in QUERIES.items():
            (draft / "queries" / name).write_text(f"-- synthetic city\n{sql}\n", "utf-8")
        (draft / "SYNTHETIC.txt").write_text(README, "utf-8")
        if out.exists():
            out.rmdir()
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return {
        "synthetic": True,
        "seed": seed,
        "people": written.people,
        "communities": len(where),
        "records": sum(written.records.values()),
        "records_by_extract": written.records,
    }
