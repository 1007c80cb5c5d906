"""Persons' names by grammar: surnames, forms of address, labels of records, middle dots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.recognition.findings import Found

_COMPOUND = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|轩辕|宇文|长孙|独孤|南宫|端木|"
    "呼延|澹台|公冶|宗政|濮阳|淳于|单于|太叔|申屠|仲孙|钟离|闻人|赫连|鲜于|闾丘|司空|第五|万俟"
)
_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤常温"
    "康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季成霍苗涂谷曲"
    "盛冉翁蓝路游靳辛管柴蒙鲍华祁蒲房滕屈饶解牟艾尤时阳阴穆农司古吉缪简车项连芦麦褚娄窦戚岑卜费卫桑席隋郎"
)
_SURNAME = rf"(?:{_COMPOUND}|[{_SINGLE}])"
_HAN = "[\u4e00-\u9fff]"
_TITLES = "先生|女士|小姐|太太|同志|老师|阿姨|叔叔|大爷|大妈|大姐|大哥|师傅|医生|护士|主任|经理|警官|律师|同学"
_LABELS = (
    "姓名|联系人|户主|申请人|监护人|当事人|房东|租客|租户|住户|来访人|来电人|投诉人|患者|病人|代办人|"
    "经办人|负责人|法定代表人|调解员|社工|网格员|家属|其子|其女|儿子|女儿|妻子|丈夫|配偶|父亲|母亲|居民|员工|学生"
)
_AFTER = (
    r"(?=[，,。；;、（(）)：:\s/]|$|电话|手机|身份证|住|来|反映|称|申请|因|于|在|的|已|曾|与|和|及|说|到|报|要求|希望|"
    r"提出|表示|咨询|办理|名下|本人|一家|是|为|男|女|系|有|被|将|对)"
)
_NOT_NAMES = frozenset(
    [
        "高温",
        "高度",
        "高中",
        "于是",
        "安全",
        "安排",
        "成年",
        "成功",
        "方便",
        "方面",
        "时间",
        "时候",
        "关于",
        "关系",
        "任何",
        "何时",
        "常住",
        "严重",
        "程度",
        "华侨",
        "连续",
        "解决",
        "费用",
        "管理",
        "单位",
        "单独",
        "文件",
        "文化",
        "万元",
        "向上",
        "左右",
        "金额",
        "白天",
        "万一",
        "路上",
        "路边",
        "马上",
        "周末",
        "周边",
        "常年",
        "房东",
        "房屋",
        "房租",
        "房产",
        "时常",
        "游玩",
        "史料",
        "项目",
        "车辆",
        "车位",
        "陆续",
        "解释",
        "解除",
        "符合",
        "尚未",
        "关注",
        "向其",
        "应当",
        "全家",
        "包括",
        "包含",
        "任职",
        "许多",
        "许可",
        "施工",
        "温馨",
    ]
)
_NAMED = re.compile(
    rf"(?:{_LABELS})(?:姓名)?[为是系]?[:：\s]{{0,2}}(?P<label>{_SURNAME}{_HAN}{{1,2}}?){_AFTER}"
    rf"|(?P<title>{_SURNAME}{_HAN}{{0,2}}(?:{_TITLES}))"
    rf"|(?P<minority>{_HAN}{{2,7}}(?:[·•・‧]{_HAN}{{1,8}})+)"
    rf"|(?<!{_HAN})(?P<nick>[小老阿][{_SINGLE}])(?!{_HAN}{{0}}[区镇村路])(?=[，,。；;、\s]|$|说|称|反映|来|电话|在)"
    rf"|(?:(?<=^)|(?<=[，,。；;、（(：:\s\"“与和及由为是系给向找同请被让叫]))"
    rf"(?P<bare>{_SURNAME}{_HAN}{{1,2}}?){_AFTER}"
)
_LATIN = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+(?P<latin>[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2})"
    r"|\b(?:[Nn]ame|[Tt]enant|[Aa]pplicant|[Cc]ontact)[:\s]\s*(?P<labelled>[A-Z][a-z]+\s[A-Z][a-z]+)\b"
)
_SCORES = {"label": 0.85, "title": 0.8, "minority": 0.85, "nick": 0.6, "bare": 0.6}


def find_persons(text: str) -> list[Found]:
    """Find persons' names in normalised text by grammar (no model)."""
    return [*_chinese(text), *_english(text)]


def _chinese(text: str) -> Iterator[Found]:
    for match in _NAMED.finditer(text):
        kind = match.lastgroup or ""
        value = match.group(kind)
        if value[:2] in _NOT_NAMES:
            continue
        yield Found(*match.span(kind), "PERSON", _SCORES[kind])


def _english(text: str) -> Iterator[Found]:
    for match in _LATIN.finditer(text):
        yield Found(*match.span(match.lastgroup or 0), "PERSON", 0.7)
