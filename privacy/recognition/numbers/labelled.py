"""Numbers and accounts that are told by the words beside them: their shape alone says nothing."""

from __future__ import annotations

import re

from privacy.recognition.findings import Found

_IS = r"(?: ?(?:号码|账号|帐号|编号|号|ID|no\.?|number))?[:： =#为是（(]{0,3}"

_LABELS: tuple[tuple[str, str, float, str, str], ...] = (
    # name, type, score, words before, shape
    (
        "account", "ACCOUNT", 0.75,
        r"微信|weixin|wechat|薇信|V信|[WV]X|QQ|扣扣|企鹅号?|支付宝|alipay|微博|抖音|快手|小红书|钉钉|"
        r"telegram|whatsapp|skype|line ?id",
        r"[A-Za-z][A-Za-z0-9_-]{5,19}|[1-9][0-9]{4,10}",
    ),
    (
        "social", "SOCIAL_SECURITY_NUMBER", 0.75,
        r"(?:社会保障|社会保险|社保|医保|医疗保险|养老保险|公积金|参保|新农合|合作医疗)(?:卡|证|个人|账户|人员)?|"
        r"social security|medical card|insurance",
        r"[A-Za-z]{0,3}[0-9][0-9A-Za-z-]{5,19}",
    ),
    (
        "medical", "MEDICAL_RECORD", 0.75,
        r"病历|病案|住院|门诊|就诊卡?|诊疗卡?|健康档案|medical record|patient",
        r"[A-Za-z]{0,4}[0-9][0-9A-Za-z-]{4,19}",
    ),
    (
        "student", "STUDENT_NUMBER", 0.75,
        r"学籍|学号|学生证|考生|准考证|student",
        r"[GLgl]?[0-9][0-9A-Za-z]{5,20}",
    ),
    (
        "residence", "RESIDENCE_PERMIT", 0.75,
        r"居住证|暂住证|居留许可|永久居留(?:身份)?证|residence permit",
        r"[A-Za-z]{0,3}[0-9][0-9A-Za-z]{6,19}",
    ),
    (
        "passport", "PASSPORT", 0.75,
        r"护照|passport",
        r"[A-Za-z]{0,2}[0-9]{6,9}|[A-Za-z][0-9]{2}[A-Za-z]{2}[0-9]{4}",
    ),
    (
        "taiwan", "TRAVEL_PERMIT", 0.75,
        r"台胞证|回乡证|(?:来往|往来)(?:大陆|内地|港澳|台湾)通行证|通行证",
        r"[A-Za-z]{0,2}[0-9]{7,10}",
    ),
    (
        "line", "PHONE_NUMBER", 0.7,
        r"电话|座机|固话|手机|小灵通|来电|去电|致电|拨打|传真|tel|phone|fax|mobile|call",
        r"[2-9][0-9]{2,3}[ -]?[0-9]{4}(?:(?:-|转)[0-9]{1,6})?",
    ),
    (
        "tail", "PHONE_NUMBER", 0.7,
        r"(?:手机|电话|号码)(?:号)?(?:码)?(?:的)?(?:尾号|后四位|末四位)|尾号|ending(?: in)?",
        r"[0-9]{4}",
    ),
    (
        "device", "IMEI", 0.75,
        r"IMEI|串号|设备号|device",
        r"[0-9]{14,16}",
    ),
)  # fmt: skip
_TYPES = {name: (kind, score) for name, kind, score, _, _ in _LABELS}
_FIRST = "".join(
    sorted(
        {piece.removeprefix("(?:")[0] for *_, words, _ in _LABELS for piece in words.split("|")} - set("[")
    )
) + "WVX"  # fmt: skip
"""The characters that a label can begin with: where none stands, no label is tried."""
_PATTERN = re.compile(
    f"(?=[{_FIRST}])(?:"
    + "|".join(
        rf"(?:{words}){_IS}(?P<{name}>{shape})(?![0-9A-Za-z])"
        for name, _, _, words, shape in _LABELS
    )
    + ")",
    re.I | re.ASCII,
)
_VALUE = re.compile(r"[0-9]|[A-Za-z][0-9A-Za-z_-]{5}")
_LON = r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])\.[0-9]{3,}"
_LAT = r"(?:[3-9]|[1-4][0-9]|5[0-4])\.[0-9]{3,}"
_LON_DMS = (
    r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])[°度] ?[0-9]{1,2}[′'分] ?(?:[0-9.]{1,8}[″\"秒])?"
)
_LAT_DMS = r"(?:[3-9]|[1-4][0-9]|5[0-4])[°度] ?[0-9]{1,2}[′'分] ?(?:[0-9.]{1,8}[″\"秒])?"
_WORD = (
    r"(?: ?°?[NE])?[ ,，、;/]{1,3}(?:北纬|东经|纬度|经度|lat|lng|lon|[NE])?(?:itude)?[:： =]{0,2}"
)
_GPS = re.compile(
    rf"(?<![0-9.])(?:{_LON}{_WORD}{_LAT}|{_LAT}{_WORD}{_LON}|{_LON_DMS}(?:{_WORD})?[NE北纬东经]{{0,2}}{_LAT_DMS}"
    rf"|{_LAT_DMS}(?:{_WORD})?[NE北纬东经]{{0,2}}{_LON_DMS})(?![0-9.]*[0-9])",
    re.I,
)


def find_labelled(text: str) -> list[Found]:
    """Find accounts, cards and numbers by the label before them, and coordinates in China's range.

    Longitude 73° to 135°, latitude 3° to 54°, as a pair.
    """
    if _VALUE.search(text) is None:
        return []
    found: list[Found] = []
    for match in _PATTERN.finditer(text):
        name = match.lastgroup or ""
        found.append(Found(*match.span(name), *_TYPES[name]))
    if "." in text or "°" in text or "度" in text:
        found += [Found(*m.span(), "GPS_COORDINATES", 0.8) for m in _GPS.finditer(text)]
    return found
