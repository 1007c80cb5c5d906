"""Made-up case notes: templates with names, ids, phones and addresses in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TEMPLATES = (
    "{name}反映房东{other}拒不退还押金，本人电话{phone}，现住{address}。",
    "来访人{name}，身份证号{id}，咨询随迁子女入学材料，已告知。",
    "{name}与{other}因噪音发生纠纷，经调解达成协议，联系电话：{phone}。",
    "电话回访{name}（{phone}），其表示已搬至{address}，材料待补。",
    "申请人：{name}，身份证号码：{id}，申请公租房，家庭人口情况已核实。",
    "{surname}先生来电称社区医院挂号困难，希望增加夜间门诊，号码{phone}。",
    "网格员上门走访，{name}一家租住在{address}，无异常。",
    "患者{name}，高血压随访，血压控制良好，家属电话{phone}。",
    "{name}咨询劳动仲裁流程，用人单位拖欠工资三个月，证件号{id}。",
    "小{surname}反映楼道堆放杂物，要求清理，回电{phone}。",
    "Visited {name} at {address}; phone {phone}; no further action.",
    "居民反映周边公交班次少，高峰时段等候时间长，建议增加班次。",
    "{name}办理居住证签注，提供身份证{id}复印件，地址{address}。",
    "{surname}女士要求更正登记信息，现登记电话{phone}有误。",
)


def case_notes(
    rng: np.random.Generator,
    names: Sequence[str],
    ids: Sequence[str],
    phones: Sequence[str],
    addresses: Sequence[str],
    written: NDArray[np.bool_],
) -> list[str]:
    """Return a note for each row that has one (`written`), "" for the others."""
    kinds = rng.integers(0, len(_TEMPLATES), len(names)).tolist()
    others = rng.permutation(len(names)).tolist()
    spaced = (rng.random(len(names)) < 0.2).tolist()
    notes = []
    for i, has in enumerate(written.tolist()):
        if not has:
            notes.append("")
            continue
        phone = phones[i]
        if spaced[i]:
            phone = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
        notes.append(
            _TEMPLATES[kinds[i]].format(
                name=names[i],
                surname=names[i][0],
                other=names[others[i]],
                id=ids[i],
                phone=phone,
                address=addresses[i],
            )
        )
    return notes
