"""Addresses for training: every part may be missing, every number may be written in three ways."""

from __future__ import annotations

from functools import cache
from random import Random

from privacy.training import newspaper
from privacy.training.doors import door, han, number_of, room_number

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
HEADS = [_PARTS[i : i + 2] for i in range(0, len(_PARTS) - 1, 2)]
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
    "国际",
    "山庄",
    "别墅",
    "壹号",
    "雅苑",
    "名邸",
    "公馆",
    "嘉园",
    "丽苑",
    "世家",
    "安置房",
    "廉租房",
    "员工宿舍",
    "经济适用房",
    "家属院",
    "大院",
    "工业园",
    "轩",
    "阁",
    "庭",
    "郡",
    "里",
    "邸",
    "居",
    "台",
    "半岛",
    "天地",
    "中心",
    "名城",
    "龙庭",
    "美域",
    "村",
]
_ANY = (
    "安宝北滨昌朝城翠大德东丰福富高光桂海和恒宏湖华辉惠吉佳嘉建江金锦京景君康兰乐丽良龙隆茂美明南宁平祺前清泉荣瑞润三山上盛石双水顺泰天万文五"
    "西贤祥新馨鑫兴秀雅阳怡义银永玉御元园源月云泽长正中竹紫悦麓岭峰溪澜璟樾府林枫棠杏荷梧桐鹭鹤凤麒麟"
)
BRANDS = (
    "万科",
    "保利",
    "碧桂园",
    "恒大",
    "中海",
    "华润",
    "金地",
    "龙湖",
    "招商",
    "绿地",
    "世茂",
    "融创",
)


def address(rng: Random) -> str:
    """Return an address of at least two parts, with or without what leads down to the door."""
    coarse = "".join(
        part
        for part, chance in (
            (rng.choice(_PROVINCES), 0.2), (_city(rng), 0.35), (_district(rng), 0.5),
        )
        if rng.random() < chance
    )  # fmt: skip
    if rng.random() < 0.4:
        coarse += _head(rng) + rng.choice(("街道", "镇", "乡", "街道", "街道办", "办事处"))
    if rng.random() < 0.35:
        coarse += _head(rng) + rng.choice(("社区", "村", "居委会", "社区", "村委会", "社区居委会"))
    if coarse and rng.random() < 0.05:
        coarse += " "
    return coarse + rng.choice(_WAYS)(rng)


def area(rng: Random) -> str:
    """Return what stands before the name of an office or school: a city, a district or a place."""
    kind = rng.random()
    if kind < 0.3:
        return rng.choice((_city(rng), _city(rng)[:2]))
    if kind < 0.6:
        return _district(rng)
    return _head(rng) + rng.choice(("", "", "社区", "街道", "镇", "村"))


def _city(rng: Random) -> str:
    if rng.random() < 0.5:
        return rng.choice(_CITIES)
    return "".join(rng.choices(_PARTS, k=2)) + rng.choice(("市", "市", "州", "地区"))


def _district(rng: Random) -> str:
    if rng.random() < 0.35:
        return rng.choice(_corpus()[1])
    if rng.random() < 0.5:
        return rng.choice(_DISTRICTS)
    return "".join(rng.choices(_PARTS, k=2)) + rng.choice(("区", "县", "区", "新区", "市"))


@cache
def _corpus() -> tuple[list[str], list[str]]:
    """Return the newspaper's nouns of two characters, and its names of cities, counties and towns."""
    nouns = list(newspaper.words(frozenset(["n", "a", "s", "nz", "ns"]), longest=2))
    places = newspaper.words(frozenset(["ns"]), shortest=3, longest=5)
    return nouns, sorted(
        {p for p in places if p[-1] in "市县区州镇乡"} | {"和田地区", "和平区", "和县"}
    )


@cache
def _characters() -> list[str]:
    """Return every character of the newspaper's words, common ones and rare ones alike."""
    return sorted(set("".join(newspaper.words(frozenset(["n", "a", "v", "ns", "nz", "z"])))))


def _head(rng: Random) -> str:
    kind = rng.random()
    if rng.random() < 0.12:
        return "".join(rng.choices(_characters(), k=rng.choice((2, 2, 3, 4))))
    if rng.random() < 0.3:
        nouns, _ = _corpus()
        return rng.choice(nouns) + rng.choice(("", "", rng.choice(nouns), rng.choice(_ANY)))
    if kind < 0.12:
        return rng.choice(HEADS) + rng.choice(_EXTRA)
    if kind < 0.24:
        return rng.choice(_EXTRA) + rng.choice(HEADS)
    if kind < 0.45:
        return "".join(rng.choices(_PARTS, k=2))
    if kind < 0.6:
        return "".join(rng.choices(_ANY, k=rng.choice((2, 2, 3))))
    if kind < 0.66:
        return rng.choice(BRANDS) + "".join(rng.choices(_ANY, k=2))
    return rng.choice(HEADS)


def _street(rng: Random) -> str:
    kind = rng.random()
    number = f"{rng.randint(1, 2400)}{rng.choice(('', '', f'-{rng.randint(1, 9)}', '之一', f'附{rng.randint(1, 9)}'))}号"
    if kind < 0.08:
        number = han(rng.randint(1, 99)) + "号"
    road = _head(rng) + rng.choice(_ROADS)
    if kind > 0.9:
        road += f"{number_of(rng, 12)}{rng.choice(('巷', '弄', '号院', '支路'))}"
    return road + number + (door(rng) if rng.random() < 0.4 else "")


def _estate(rng: Random) -> str:
    phase = rng.choice(("", "", "", f"{rng.choice('一二三四')}期", rng.choice("东西南北") + "区"))
    # one in four has no word for an estate: 塞纳时光3栋
    kind = rng.choice(_ESTATES) if rng.random() < 0.75 else ""
    return _head(rng) + (kind or rng.choice(_corpus()[0])) + phase + door(rng)


def _road_and_estate(rng: Random) -> str:
    return _street(rng) + _head(rng) + rng.choice(_ESTATES) + door(rng)


def _village(rng: Random) -> str:
    lane = rng.choice(
        (
            f"{rng.choice(_EXTRA)}{number_of(rng, 10)}巷",
            f"{number_of(rng, 12)}巷",
            f"{number_of(rng, 10)}坊",
            f"{rng.choice(_EXTRA)}区{number_of(rng, 9)}巷",
            f"{rng.choice(_EXTRA)}围",
            f"{number_of(rng, 9)}队",
            f"{number_of(rng, 12)}组",
            "",
        )
    )
    room = rng.choice(
        (
            "",
            room_number(rng),
            f"{room_number(rng)}房",
            f"{rng.choice('二三四五')}楼",
            f"{room_number(rng)}室",
            f"{rng.randint(1, 9)}楼{rng.choice('ABCD')}",
        )
    )
    return (
        _head(rng)
        + rng.choice(
            (
                "村",
                "新村",
                "围",
                "屋村",
                "老村",
                "村",
                "旧村",
                "城中村",
                "屯",
                "庄",
                "寨",
                "坳",
                "湾",
                "坪",
                "埔",
                "岭",
                "",
            )
        )
        + lane
        + rng.choice(
            (
                f"{rng.randint(1, 120)}号",
                f"{rng.randint(1, 120)}号",
                f"{rng.randint(1, 60)}栋",
                f"门牌{rng.randint(1, 90)}号",
                f"{rng.randint(1, 40)}号楼",
            )
        )
        + room
    )


def _shop(rng: Random) -> str:
    return (
        _head(rng)
        + rng.choice(("市场", "商场", "综合楼", "农贸市场", "购物中心", "商业街", "步行街"))
        + rng.choice(("", f"{rng.choice('ABCD')}区", "一楼", "二楼", "负一层"))
        + f"{rng.randint(1, 220)}{rng.choice(('号', '号铺', '档', '号商铺', '铺'))}"
    )


def _short_door(rng: Random) -> str:
    """Return an estate and a door written with dashes: 3-2-501."""
    return (
        _head(rng)
        + rng.choice(_ESTATES)
        + "-".join(
            [
                str(rng.randint(1, 40)),
                *([str(rng.randint(1, 6))] if rng.random() < 0.7 else []),
                room_number(rng),
            ]
        )
    )


_WAYS = (
    _street, _street, _street, _estate, _estate, _estate, _village, _village, _road_and_estate, _shop, _short_door,
)  # fmt: skip
