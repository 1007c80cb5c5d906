"""Identifiers by shape, by label and by the words beside them: what is found, and what is none."""

from __future__ import annotations

import pytest

from privacy.recognition import Redactor, normalise
from privacy.recognition.numbers.births import find_births
from privacy.recognition.numbers.labelled import find_labelled
from privacy.recognition.numbers.structured import find_structured

REDACTOR = Redactor()


def _found(text: str) -> set[tuple[str, str]]:
    """Return (type, text as it stood) of all that is found by rules."""
    read = normalise(text)
    return {
        (f.type, text[slice(*read.original(f.start, f.end))])
        for find in (find_structured, find_labelled, find_births)
        for f in find(read.text)
    }


WHOLE = {
    "PHONE_NUMBER": (
        "13812345678", "138 1234 5678", "138-1234-5678", "138.1234.5678", "1381 234 5678", "138 123 456 78",
        "+86 138 1234 5678", "+86-13812345678", "008613812345678", "8613812345678", "(86)13812345678",
        "１３８１２３４５６７８", "一三八一二三四五六七八", "幺三八一二三四五六七八", "1 3 8 1 2 3 4 5 6 7 8",
        "1381234\n5678", "138\u200b1234\u200b5678", "138\u00a01234\u20095678", "1380O138000", "l3800138000",
        "138①②③④5678", "0755-83211234", "075583211234", "(0755)83211234", "010 6552 9988", "+86 755 83211234",
        "0755-83211234转802", "021-61234567-8001", "400-820-8820", "4008208820", "+852 9123 4567",
        "+44 20 7946 0958", "(555) 234-5678",
    ),
    "LICENSE_PLATE": (
        "粤B12345", "粤B·12345", "粤B 1A234", "粤BD12345", "粤BDA1234", "粤B12345D", "京A1234警", "粤Z·1234港",
        "粤Z1234澳", "粤B1234学", "沪A1234挂", "使014578", "014578使", "粤Ｂ１２３４５", "粵B12345", "粤b12345", "WJ粤01234",
    ),
    "PASSPORT": ("E12345678", "EA1234567", "G12345678", "Ｅ１２３４５６７８", "ЕА1234567"),
    "EMAIL_ADDRESS": ("wang.xm@example.com", "ｗａｎｇ＠example.com", "a+b@x-y.cn", "wang(at)example.com",
        "wang @ example.com"),
    "MAC_ADDRESS": ("00:1A:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E"),
    "IP_ADDRESS": ("192.168.1.10", "2001:db8::8a2e:370:7334", "fe80:0:0:0:1:2:3:4"),
    "URL": (
        "https://x.cn/u?phone=13800138000", "http://x.cn/?id=%31%33800138000", "https://weibo.com/u/1234567",
    ),
    "CN_RESIDENT_ID": ("110105491231002", "11010519491231002X", "110105194912310021"),
    "RESIDENCE_PERMIT": ("USA110090010101",),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, vs in WHOLE.items() for v in vs])
def test_a_shape_is_found_whole_between_han_characters(kind: str, value: str) -> None:
    for text in (f"见{value}处", f"{value}", f"（{value}）", f"身份证 {value}，完"):
        assert (kind, value) in _found(text), text


IN_CONTEXT = [
    ("ACCOUNT", "wang_xm88", "微信号：{}"), ("ACCOUNT", "wang_xm88", "WeChat ID: {}"),
    ("ACCOUNT", "123456789", "QQ {}"), ("ACCOUNT", "123456789", "QQ號碼是{}"), ("ACCOUNT", "wxm_2020", "加V信 {}"),
    ("TRAVEL_PERMIT", "H12345678", "回乡证{}"), ("TRAVEL_PERMIT", "12345678", "台胞證：{}"),
    ("TRAVEL_PERMIT", "C12345678", "往来港澳通行证号码{}"), ("TRAVEL_PERMIT", "CA1234567", "往来港澳通行证{}"),
    ("TRAVEL_PERMIT", "L12345678", "往来台湾通行证号{}"), ("PASSPORT", "AB1234567", "护照号码：{}"),
    ("PASSPORT", "533380006", "passport no. {}"), ("SOCIAL_SECURITY_NUMBER", "A12345678", "社保卡号{}"),
    ("SOCIAL_SECURITY_NUMBER", "440300123456", "医保卡：{}"), ("MEDICAL_RECORD", "00123456", "病历号 {}"),
    ("MEDICAL_RECORD", "ZY2024001", "住院号:{}"), ("STUDENT_NUMBER", "2023010112", "学号{}"),
    ("PHONE_NUMBER", "83211234", "座机{}"), ("PHONE_NUMBER", "8321-1234", "电话：{}"),
    ("PHONE_NUMBER", "8000", "手机尾号{}"), ("IMEI", "490154203237518", "IMEI {}"),
    ("BANK_CARD", "6217000012345678901", "银行卡号{}"), ("RESIDENCE_PERMIT", "44030012345678", "居住证号{}"),
    ("HK_IDENTITY_CARD", "A123456(3)", "持{}来办"), ("HK_IDENTITY_CARD", "AB987654（3）", "身份證{}"),
    ("HK_IDENTITY_CARD", "C1234569", "香港身份证{}"), ("TW_IDENTITY_CARD", "A123456789", "台湾身份证{}"),
    ("MO_IDENTITY_CARD", "1234567(8)", "澳门身份证{}"), ("PHONE_NUMBER", "0912-345-678", "台湾电话{}"),
    ("PHONE_NUMBER", "0912345678", "手机{}"), ("PHONE_NUMBER", "138_1234_5678", "见{}处"),
    ("PHONE_NUMBER", "138*1234*5678", "见{}处"), ("PHONE_NUMBER", "138😀1234😀5678", "见{}处"),
    ("PHONE_NUMBER", "1*3*8*1*2*3*4*5*6*7*8", "见{}处"),
    ("CN_RESIDENT_ID", "110105,19491231,002X", "见{}处"), ("CN_RESIDENT_ID", "110105😀19491231😀002X", "见{}处"),
    ("CN_RESIDENT_ID", "110105（19491231）002X", "见{}处"), ("CN_RESIDENT_ID", "110105|1949|12|31|002X", "见{}处"),
    ("CN_RESIDENT_ID", "1,1,0,1,0,5,1,9,4,9,1,2,3,1,0,0,2,X", "见{}处"),
    ("GPS_COORDINATES", "114.0579,22.5431", "定位{}"), ("GPS_COORDINATES", "22.54312, 114.05788", "位置 {}"),
    ("GPS_COORDINATES", "114.0579°E, 22.5431", "{}°N"),
    ("DATE_OF_BIRTH", "1988年2月14日", "出生日期：{}"), ("DATE_OF_BIRTH", "1988-02-14", "生于{}"),
    ("DATE_OF_BIRTH", "19880214", "出生{}"), ("DATE_OF_BIRTH", "1988/2/14", "DOB: {}"),
    ("DATE_OF_BIRTH", "88.2.14", "生日 {}"), ("DATE_OF_BIRTH", "１９８８年２月１４日", "{}出生"),
    ("DATE_OF_BIRTH", "一九八八年二月十四日", "{}出生"), ("DATE_OF_BIRTH", "一九八八年十二月廿三", "生於{}"),
    ("DATE_OF_BIRTH", "二〇〇三年三月三日", "生日是{}"), ("DATE_OF_BIRTH", "1988年2月", "{}生人"),
    ("DATE_OF_BIRTH", "14 February 1988", "born on {}"), ("DATE_OF_BIRTH", "Feb. 14th, 1988", "date of birth: {}"),
    ("DATE_OF_BIRTH", "14/02/1988", "Born {}"), ("DATE_OF_BIRTH", "1966年5月3日", "王某，女，汉族，{}"),
    ("AGE_OVER_89", "92", "年龄{}"), ("AGE_OVER_89", "92", "{}岁"), ("AGE_OVER_89", "９２", "{}周歲"),
    ("AGE_OVER_89", "九十三", "{}岁老人"), ("AGE_OVER_89", "一百零二", "享年{}岁"), ("AGE_OVER_89", "90", "现年{}岁"),
    ("AGE_OVER_89", "91", "aged {}"), ("AGE_OVER_89", "93", "Her age: {}. Deaf."),
    ("AGE_OVER_89", "95", "a {}-year-old man"),
    ("AGE_OVER_89", "101", "she is {} years old"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "around"), IN_CONTEXT)
def test_a_label_tells_what_a_number_is(kind: str, value: str, around: str) -> None:
    assert (kind, value) in _found(around.format(value))


@pytest.mark.parametrize(
    "text",
    [
        "3f2a13812345678bc", "a13812345678", "138123456789012", "0x13800138000ff", "12800138000",
        "2024-01-15 12:30:45", "共计1200元", "第2024号", "1,234,567.89元", "3.14159", "12:30:45", "版本1.2.3",
        "89岁", "八十九岁", "十九岁", "第九十三条", "92.5%", "增长92", "年龄89", "aged 19", "190岁月",
        "2024年1月15日办理", "会议于2024.1.15召开", "办结时间2024-01-15",
        "H12345678号货柜", "编号12345678", "A股12345", "微信支付", "QQ群", "邮箱已满", "https://www.gov.cn/zhengce",
        "A123456(4)", "A1234563", "货号A123456789", "台湾身份证A123456788", "1,3,5,7,2,4,6,8,1,2,3",
        "110105,19491231,0021", "1,1,0,1,0,5,1,9,4,9,1,2,3,1,0,0,2,1", "0912-345-678", "1384567(8)",
        "粤B", "粤港澳大湾区", "川ABCDE", "300.1.1.1", "E1234", "沪深300指数", "K12345678",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert _found(text) == set()


@pytest.mark.parametrize(
    "text", ["会议时间2024-03-05", "登记2023-11-12", "合同编号HT-2024-0012345", "电话1-3-8-0", "编号2024-001"]
)  # fmt: skip
def test_a_date_or_number_behind_its_label_is_no_address(text: str) -> None:
    assert not [e for e in REDACTOR.analyse(text) if e.type == "ADDRESS"]


def test_a_checked_id_is_no_phone_and_a_phone_no_id() -> None:
    text = "身份证11010519491231002X电话13800138000卡4111111111111111代码91350100M000100Y43"
    got = [(e.type, text[e.start : e.end]) for e in REDACTOR.analyse(text)]
    assert got == [
        ("CN_RESIDENT_ID", "11010519491231002X"),
        ("PHONE_NUMBER", "13800138000"),
        ("BANK_CARD", "4111111111111111"),
        ("CN_CREDIT_CODE", "91350100M000100Y43"),
    ]


@pytest.mark.parametrize(
    "text",
    ["1" * 20_000, "1 " * 9_000, "1-" * 9_000, "a." * 9_000, "http://" * 3_000, "九" * 9_000],
)
def test_long_runs_take_time_in_proportion_to_their_length(text: str) -> None:
    import time

    _found(text[: len(text) // 8])
    start = time.process_time()
    _found(text[: len(text) // 8])
    short = time.process_time() - start
    start = time.process_time()
    _found(text)
    # eight times as long; a quadratic search would take sixty-four times
    assert time.process_time() - start < 30 * max(short, 0.002)
