"""Generated records for training: phrases of case notes with names and addresses in them.

The benchmark's phrases are others; it lives where this package cannot import it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from privacy.training.addresses import address
from privacy.training.names import name
from privacy.training.newspaper import Sentence

_SLOT = re.compile(r"\{(\w)\}")
_ORGANISATIONS = [
    "电子厂",
    "有限公司",
    "科技有限公司",
    "服饰厂",
    "小学",
    "中学",
    "幼儿园",
    "社区医院",
    "人民医院",
    "派出所",
    "物业公司",
    "工业园管理处",
    "餐饮店",
    "超市",
]
_OPENINGS = (
    "",
    "",
    "",
    "",
    "今日",
    "上午",
    "下午3时许，",
    "2025年3月12日，",
    "经查，",
    "另查明，",
    "据了解，",
    "备注：",
    "情况说明：",
    "3月5日",
    "昨晚",
    "随后",
    "其间，",
)
_CORES = (
    "{p}到窗口办理居住登记", "{p}称其租住在{a}", "{p}与{q}合租{a}", "{p}的妻子{q}在{o}上班", "由{p}代{q}签收", "联系{p}未果，改联系{q}",
    "与{p}电话沟通", "{p}表示不接受", "已通知{p}补交材料", "请{p}于周五前到场", "{p}、{q}二人到场调解", "{p}和{q}系同事关系", "{p}之子{q}就读于{o}",
    "户主{p}，成员{q}", "姓名：{p}，住址：{a}", "申请人{p}现居{a}", "{p}搬离{a}", "{p}从{a}迁往{a}", "地址{a}，联系人{p}", "走访{a}，遇到{p}",
    "{a}住户{p}投诉楼上漏水", "{a}发生争吵", "位于{a}的出租屋存在隐患", "租户{p}拖欠房租", "房东{p}要求涨租", "{p}（{q}之母）前来咨询",
    "承办人{p}", "经办：{p}", "{p}已读", "转交{p}处理", "电话是{n}，找{p}", "{p}，男，汉族，{n}出生", "{p}，女，维吾尔族", "患者{p}主诉头晕",
    "医生{p}建议复查", "{p}家长对分班有疑问", "班主任{p}反映学生{q}缺课", "{p}说他住{a}", "送达地址为{a}", "{p}在{o}务工", "{p}入职{o}",
    "被{p}打伤", "向{p}借款{n}元", "{p}欠{q}工资{n}元", "给{p}发放补贴", "把材料交给{p}", "帮助{p}联系{o}", "陪同{p}就诊", "{p}一家四口住{a}",
    "{p}丈夫{q}外出务工", "社工{p}跟进", "网格员{p}上门核实", "调解员{p}主持", "见证人：{p}", "签名：{p}", "收件人{p}，{a}", "寄往{a}，{p}收",
    "户籍地{a}", "户籍地址：{a}", "现住{a}", "居住地为{a}", "暂住{a}", "家住{a}的{p}", "来自{a}的{p}", "{p}名下有房产，位于{a}", "{p}领取钥匙，房号{a}",
    "{p}，电话{n}", "{p}（{n}）", "{n}，{p}", "{p}身份证{n}", "因{p}外出，由{q}代办", "对{p}进行回访", "{p}已满意", "{p}要求退押金", "其友{p}作证",
    "感谢{p}的帮助", "{p}不在家", "{p}拒绝开门", "敲门后{p}应答", "核对{p}证件无误", "{p}孩子{q}三岁", "紧急联系人{p}", "监护人{p}到校", "{p}反复来电",
    "目前{p}情绪稳定", "随行人员有{p}、{q}", "参与人{p} {q}", "{p}/{q}", "{p};{q}", "居民{p}建议增设路灯", "已告知{p}流程", "{p}提供了租赁合同",
    "经{p}同意", "按{p}所述", "因与{p}不和", "是{p}的弟弟", "联系不上{p}了", "曾住{a}", "搬到{a}去了", "{a}停水", "检查{a}消防", "从{a}步行到{o}",
    # sentences in which nobody is named
    "居民反映公交班次少", "材料齐全，予以受理", "血压控制良好，继续服药", "申请公租房，资格审核中", "拖欠工资三个月", "建议增加夜间门诊", "双方达成协议",
    "楼道堆放杂物，已清理", "高温补贴未发放", "办理居住证签注", "孩子入学材料待补", "房屋安全隐患整改", "社保缴纳满五年", "经过解释表示理解",
    "温馨提示：请按时缴费", "严禁高空抛物", "周边噪音较大", "安排专人跟进", "方便时回电", "高中毕业，无业", "常住人口登记", "成年子女随迁",
)  # fmt: skip
_JOINTS = ("，", "，", "，", "；", "。", "。", " ", "、")
_ENDS = ("。", "。", "。", "", "！", "，已登记。", "，待跟进。", "，特此说明。")


def sentences(seed: int, n: int) -> Iterator[Sentence]:
    """Yield n labelled notes of one to three phrases, each with other names and addresses."""
    rng = Random(seed)
    for _ in range(n):
        text, labels = "", list[str]()
        for i in range(rng.choice((1, 1, 2, 2, 3))):
            piece = rng.choice(_OPENINGS) + rng.choice(_CORES)
            piece = rng.choice(_JOINTS) + piece if i else piece
            text, labels = _filled(rng, piece, text, labels)
        end = rng.choice(_ENDS)
        yield text + end, [*labels, *"O" * len(end)]


def _filled(rng: Random, phrase: str, text: str, labels: list[str]) -> Sentence:
    at = 0
    for slot in _SLOT.finditer(phrase):
        fixed = phrase[at : slot.start()]
        text, labels = text + fixed, labels + ["O"] * len(fixed)
        value, kind = _value(rng, slot.group(1))
        text += value
        labels += [f"B-{kind}", *[f"I-{kind}"] * (len(value) - 1)] if kind else ["O"] * len(value)
        at = slot.end()
    return text + phrase[at:], labels + ["O"] * (len(phrase) - at)


def _value(rng: Random, slot: str) -> tuple[str, str]:
    if slot in "pq":
        return name(rng), "PERSON"
    if slot == "a":
        return address(rng), "ADDRESS"
    if slot == "o":
        head = "".join(rng.choices("华富新宏达盛联鑫源丰泰和利通明德", k=2))
        return head + rng.choice(_ORGANISATIONS), "ORGANIZATION"
    return str(rng.randint(10**5, 10**11)), ""
