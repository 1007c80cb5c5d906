"""Addresses for training: every part may be missing, every number may be written in three ways."""

from __future__ import annotations

from random import Random

_PROVINCES = [
    "广东省",
    "湖南省",
    "湖北省",
    "四川省",
    "河南省",
    "江西省",
    "广西壮族自治区",
    "贵州省",
    "云南省",
    "安徽省",
    "福建省",
    "浙江省",
    "江苏省",
    "山东省",
    "河北省",
    "陕西省",
    "甘肃省",
    "新疆维吾尔自治区",
    "内蒙古自治区",
    "青海省",
    "黑龙江省",
    "吉林省",
    "辽宁省",
    "山西省",
    "海南省",
    "西藏自治区",
    "重庆市",
    "上海市",
    "北京市",
    "天津市",
]
_CITIES = [
    "深圳市",
    "广州市",
    "东莞市",
    "长沙市",
    "衡阳市",
    "武汉市",
    "荆州市",
    "成都市",
    "绵阳市",
    "郑州市",
    "周口市",
    "南昌市",
    "赣州市",
    "南宁市",
    "桂林市",
    "贵阳市",
    "遵义市",
    "昆明市",
    "合肥市",
    "阜阳市",
    "福州市",
    "杭州市",
    "苏州市",
    "济南市",
    "临沂市",
    "西安市",
    "兰州市",
    "喀什地区",
    "凉山州",
    "伊犁州",
]
_DISTRICTS = [
    "福田区",
    "罗湖区",
    "南山区",
    "盐田区",
    "宝安区",
    "龙岗区",
    "龙华区",
    "坪山区",
    "光明区",
    "大鹏新区",
    "天河区",
    "岳麓区",
    "洪山区",
    "武侯区",
    "双流县",
    "鹿邑县",
    "信丰县",
    "莎车县",
    "昭觉县",
    "耒阳市",
    "监利县",
    "平舆县",
    "太和县",
    "仁寿县",
    "兴宁市",
    "青秀区",
    "雨花区",
    "江汉区",
]
_PARTS = "民乐新安福永西乡沙井松岗石岩观澜布吉坂田平湖坑梓龙城横岗粤海蛇口桃园华强翠竹黄贝东门莲塘清水海山梅林香蜜景田八卦岗厦上步园岭和平兴业建设前进宝源银湖笋岗文锦向西水贝田心草埔大芬木棉丹竹罗岗上塘红山白石下沙新洲赤尾"
_HEADS = [_PARTS[i : i + 2] for i in range(0, len(_PARTS) - 1, 2)]
_EXTRA = list("东西南北上下新老大小中")
_ROADS = [
    "路",
    "街",
    "大道",
    "巷",
    "道",
    "一路",
    "二路",
    "三路",
    "东路",
    "西路",
    "南街",
    "北路",
    "中路",
    "横街",
    "里",
    "弄",
    "胡同",
]
_ESTATES = [
    "花园",
    "小区",
    "新村",
    "公寓",
    "大厦",
    "家园",
    "苑",
    "花苑",
    "广场",
    "名苑",
    "雅居",
    "华庭",
    "豪园",
    "城",
    "湾",
    "府",
    "工业区",
    "宿舍",
    "宿舍楼",
    "科技园",
    "商住楼",
    "工业园",
]
_HAN_NUMBERS = "一二三四五六七八九十"


def address(rng: Random) -> str:
    """Return an address of at least two parts, with or without what leads down to the door."""
    coarse = "".join(
        part
        for part, chance in (
            (rng.choice(_PROVINCES), 0.25), (rng.choice(_CITIES), 0.45), (rng.choice(_DISTRICTS), 0.6),
        )
        if rng.random() < chance
    )  # fmt: skip
    if rng.random() < 0.4:
        coarse += _head(rng) + rng.choice(("街道", "镇", "乡", "街道"))
    if rng.random() < 0.35:
        coarse += _head(rng) + rng.choice(("社区", "村", "居委会", "社区"))
    return coarse + rng.choice((_street, _street, _estate, _estate, _village, _road_and_estate))(
        rng
    )


def _head(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(_HEADS) + rng.choice(_EXTRA)
    if kind < 0.3:
        return rng.choice(_EXTRA) + rng.choice(_HEADS)
    if kind < 0.5:
        return "".join(rng.choices(_PARTS, k=2))
    return rng.choice(_HEADS)


def _number(rng: Random, most: int) -> str:
    n = rng.randint(1, most)
    return _HAN_NUMBERS[n - 1] if n <= 10 and rng.random() < 0.15 else str(n)


def _street(rng: Random) -> str:
    number = f"{rng.randint(1, 400)}{rng.choice(('', '', f'-{rng.randint(1, 9)}'))}号"
    return _head(rng) + rng.choice(_ROADS) + number + (_door(rng) if rng.random() < 0.4 else "")


def _estate(rng: Random) -> str:
    phase = rng.choice(("", "", "", f"{rng.choice('一二三四')}期"))
    return _head(rng) + rng.choice(_ESTATES) + phase + _door(rng)


def _road_and_estate(rng: Random) -> str:
    return _street(rng) + _head(rng) + rng.choice(_ESTATES) + _door(rng)


def _village(rng: Random) -> str:
    lane = (
        f"{rng.choice(_EXTRA)}{_number(rng, 10)}巷"
        if rng.random() < 0.6
        else f"{_number(rng, 10)}坊"
    )
    room = rng.choice(
        (
            "",
            f"{rng.randint(1, 9)}0{rng.randint(1, 9)}",
            f"{rng.randint(101, 909)}房",
            f"{rng.choice('二三四五')}楼",
        )
    )
    return (
        _head(rng)
        + rng.choice(("村", "新村", "围", "屋村", "老村", "村"))
        + lane
        + f"{rng.randint(1, 80)}号"
        + room
    )


def _door(rng: Random) -> str:
    letter = rng.choice("ABCDEF")
    building = rng.choice(
        (
            f"{_number(rng, 30)}栋",
            f"{letter}座",
            f"{_number(rng, 20)}幢",
            f"{_number(rng, 40)}号楼",
            f"{letter}{rng.randint(1, 9)}栋",
            f"{_number(rng, 10)}座",
        )
    )
    unit = rng.choice(("", f"{_number(rng, 6)}单元", f"{letter}单元", f"{_number(rng, 4)}门"))
    room = rng.choice(
        (
            f"{rng.randint(1, 33)}0{rng.randint(1, 9)}",
            f"{rng.randint(101, 3308)}室",
            f"{rng.randint(101, 3308)}房",
            f"{_number(rng, 30)}楼",
            f"{rng.randint(1, 30)}{letter}",
            f"{rng.randint(1, 30)}层{letter}室",
            f"{rng.randint(101, 999)}号房",
        )
    )
    return building + unit + room
