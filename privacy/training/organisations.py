"""Organisations for training: firms, shops, schools, hospitals and offices."""

from __future__ import annotations

from functools import cache
from random import Random

from privacy.training import newspaper
from privacy.training.addresses import area

_HEADS = "华富新宏达盛联鑫源丰泰和利通明德兴旺隆昌顺康恒瑞金永佳诚信安润天宇星辰东南海龙凤百千万美嘉博雅智创方圆众邦中远大伟业正飞腾旭日升合欣凯"
TRADES = [
    "电子",
    "科技",
    "精密",
    "五金",
    "塑胶",
    "塑料",
    "服饰",
    "制衣",
    "纺织",
    "印刷",
    "包装",
    "家具",
    "玩具",
    "模具",
    "机械",
    "光电",
    "通讯",
    "信息技术",
    "网络科技",
    "物流",
    "货运",
    "快递",
    "运输",
    "餐饮",
    "餐饮管理",
    "食品",
    "商贸",
    "贸易",
    "实业",
    "建筑",
    "建筑工程",
    "装饰",
    "劳务",
    "劳务派遣",
    "人力资源",
    "物业",
    "物业管理",
    "房地产",
    "保洁",
    "家政",
    "教育",
    "教育咨询",
    "文化传播",
    "医药",
    "医疗器械",
    "汽车服务",
    "环保",
    "新能源",
    "生物",
    "投资",
    "置业",
]
_FIRM_ENDS = [
    "有限公司",
    "有限公司",
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团",
    "公司",
    "厂",
    "厂",
    "加工厂",
    "制品厂",
    "经营部",
    "商行",
    "工作室",
    "服务中心",
    "合作社",
    "中心",
]
_SHOPS = [
    "餐厅",
    "餐饮店",
    "超市",
    "便利店",
    "百货",
    "五金店",
    "理发店",
    "美容院",
    "药店",
    "大药房",
    "饭店",
    "酒店",
    "宾馆",
    "茶庄",
    "面馆",
    "菜馆",
    "网吧",
    "诊所",
    "门诊部",
    "汽修厂",
    "快递站",
    "菜鸟驿站",
    "烧烤店",
    "奶茶店",
    "培训中心",
    "健身房",
]
_SCHOOLS = [
    "小学",
    "中学",
    "学校",
    "幼儿园",
    "实验学校",
    "实验小学",
    "外国语学校",
    "高级中学",
    "职业技术学校",
    "中英文学校",
    "第一小学",
    "第二中学",
    "附属中学",
    "托儿所",
    "大学",
    "学院",
    "职业技术学院",
    "技工学校",
]
_HOSPITALS = [
    "人民医院",
    "中医院",
    "妇幼保健院",
    "医院",
    "社区健康服务中心",
    "社康中心",
    "卫生院",
    "口腔医院",
    "第二人民医院",
    "中西医结合医院",
    "疾控中心",
    "康复医院",
]
_OFFICES = [
    "派出所",
    "居委会",
    "街道办",
    "街道办事处",
    "劳动监察大队",
    "劳动仲裁委",
    "人民法院",
    "司法所",
    "社保局",
    "教育局",
    "民政局",
    "住建局",
    "公安分局",
    "工作站",
    "社区工作站",
    "市场监管所",
    "税务局",
    "物业服务中心",
    "村委会",
    "律师事务所",
    "人民调解委员会",
    "交警大队",
    "城管执法队",
    "福利院",
    "养老院",
    "救助站",
    "管理处",
    "工业园管理处",
    "银行",
    "支行",
]


def organisation(rng: Random) -> str:
    """Return the name of a firm, shop, school, hospital or office."""
    kind = rng.random()
    place = area(rng) if rng.random() < 0.4 else ""
    if rng.random() < 0.08:
        place = rng.choice("市区县省镇")
    if kind < 0.4:
        head = (
            _head(rng)
            if rng.random() < 0.5
            else "".join(rng.choices(_HEADS, k=rng.choice((2, 3, 4))))
        )
        branch = "（深圳）" if rng.random() < 0.04 else ""
        trade = rng.choice(TRADES) if rng.random() < 0.85 else ""
        return place + head + branch + trade + rng.choice(_FIRM_ENDS)
    if kind < 0.5:
        return place + _head(rng) + rng.choice(_SHOPS)
    if kind < 0.72:
        number = f"第{rng.randint(1, 180)}" if rng.random() < 0.12 else ""
        return place + (number or _head(rng)) + rng.choice(_SCHOOLS)
    if kind < 0.84:
        return (
            (place or area(rng))
            + (_head(rng) if rng.random() < 0.5 else "")
            + rng.choice(_HOSPITALS)
        )
    return (place or area(rng)) + (_head(rng) if rng.random() < 0.4 else "") + rng.choice(_OFFICES)


@cache
def _nouns() -> list[str]:
    return list(newspaper.words(frozenset(["n", "a", "s", "nz", "ns", "t"])))


def _head(rng: Random) -> str:
    if rng.random() < 0.35:
        return rng.choice(_nouns())
    return "".join(rng.choices(_HEADS, k=2))
