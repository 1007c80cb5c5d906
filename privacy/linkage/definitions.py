"""What the figures of a linkage report mean: estimand, numerator, denominator, source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure in words; every report carries them, so that a figure never travels without."""

    en: str
    zh: str
    source: str


DEFINITIONS: dict[str, Definition] = {
    "duplicate_entry_rate": Definition(
        "1 − persons / records, over every readable record of the session, with and without a usable "
        "id. A person is what linkage takes for one.",
        "1 − 人数 ÷ 记录数；分母为本次会话全部可读记录（含无可用证件号者），人数为联结所认定的人数。",
        "plan §5.4",
    ),
    "residence_mismatch": Definition(
        "Persons whose registered community differs from the actual one / persons of whom both are "
        "known. Where departments disagree, the order of precedence of the linked contract decides.",
        "登记社区与实际居住社区不一致的人数 ÷ 两者均已知的人数；部门间不一致时按联结契约的优先次序取值。",
        "plan §2.3",
    ),
    "update_lag_days": Definition(
        "Days from a record's last update to the contract's reference date, over records with such a "
        "date; a date after the reference date is left out and counted.",
        "记录最近更新日至契约基准日的天数；分母为有更新日期的记录，晚于基准日者剔除并计数。",
        "plan §5.4",
    ),
    "sharing": Definition(
        "Row a, column b: persons whom both departments hold / persons whom a holds. A department "
        "with no person has no rate. The overall rate: persons whom two departments or more hold / "
        "all persons.",
        "行 a、列 b：两部门都有的人数 ÷ 部门 a 的人数；无人的部门无此比率。总体：两个及以上部门都有的人数 ÷ 全部人数。",
        "plan §3.2, §2.3",
    ),
    "completeness": Definition(
        "Records that have the value (for an id: a usable one) / records of the department. A field that the "
        "contract does not name has no rate.",
        "有该项取值（证件号须可用）的记录数 ÷ 该部门记录数；契约未列的字段无此比率。",
        "plan §2.3",
    ),
    "most_pseudonyms": Definition(
        "An estimate: persons with more pseudonyms in the dataset than its contract declares (K) / persons "
        "with one or more. Two pseudonyms count as one person's where the likeness of their records "
        "makes that at least 99% probable. The interval runs from links that are all but certain to "
        "links more likely than not, each widened by Wilson's 95% limit. Persons whose "
        "records share neither the sound of the name and the phone nor name and birth cannot be found (twins would "
        "be taken for one): the true share may be higher. "
        "Those above K are protected less.",
        "估计值：假名数超过契约所声明 K 的人数 ÷ 有至少一个假名的人数。两个假名的记录相似到同属一人的概率不低于 99% "
        "时计为同一人。区间下端只用几乎确定的联结，上端用可能性过半的联结，两端再按 Wilson 95% 界放宽。"
        "既非姓名同音且电话相同、又非姓名与生日都相同的记录无法发现（否则双胞胎会被当作一人），"
        "真实比例可能更高。超过 K 的人受到的保护较弱。",
        "contract, most_pseudonyms; Wilson 1927, JASA 22",
    ),
}
