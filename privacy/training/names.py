"""Names of all kinds for training: Han, compound, of minorities with a middle dot, forms of address."""

from __future__ import annotations

from random import Random

from privacy.recognition.surnames import COMPOUND_SURNAMES, SURNAMES

_UYGHUR_FIRST = [
    "买买提",
    "阿依古丽",
    "古丽娜尔",
    "艾尔肯",
    "热依汗",
    "阿卜杜拉",
    "迪丽努尔",
    "努尔兰",
    "玉素甫",
    "帕提古丽",
    "阿不力孜",
    "吐尔逊",
    "库尔班",
    "阿依夏木",
    "木拉提",
    "阿迪力",
    "祖农",
    "热孜万",
    "塔依尔",
    "艾尼瓦尔",
    "阿布都热合曼",
    "麦麦提敏",
    "阿孜古丽",
    "努尔买买提",
    "茹克亚",
    "图尔荪",
    "沙依拉木",
    "依马木",
    "凯赛尔",
    "米热古丽",
]
_UYGHUR_LAST = [
    "艾力",
    "吐尔逊",
    "阿不都",
    "买买提",
    "木合塔尔",
    "依明",
    "艾合买提",
    "哈里木",
    "叶尔肯",
    "卡德尔",
    "阿布拉",
    "司马义",
    "热合曼",
    "玉山",
    "斯迪克",
    "尼亚孜",
    "肉孜",
    "吾守尔",
    "阿布都拉",
    "托合提",
    "巴拉提",
    "马木提",
    "喀迪尔",
    "萨吾提",
    "居马",
    "亥里力",
]
_TIBETAN = [
    "扎西",
    "多吉",
    "卓玛",
    "央金",
    "格桑",
    "平措",
    "次仁",
    "旺姆",
    "达娃",
    "尼玛",
    "巴桑",
    "拉姆",
    "罗布",
    "丹增",
    "索朗",
    "德吉",
    "白玛",
    "才让",
    "桑吉",
    "仁青",
    "旦增",
    "洛桑",
    "曲珍",
    "普布",
    "边巴",
    "米玛",
    "顿珠",
    "贡布",
    "加央",
    "泽仁",
]
_YI_FIRST = [
    "吉克",
    "阿支",
    "沙玛",
    "阿尔",
    "马海",
    "曲比",
    "吉布",
    "勒伍",
    "莫色",
    "俄木",
    "阿的",
    "海来",
    "罗洪",
    "尔古",
    "日火",
]
_YI_LAST = [
    "阿依",
    "木果",
    "拉且",
    "子古",
    "尔布",
    "阿呷",
    "伍牛",
    "史布",
    "日古",
    "什哈",
    "木呷",
    "伍各",
    "尔哈",
    "布里",
]
_MONGOL_FIRST = [
    "乌兰",
    "其其格",
    "萨仁",
    "娜仁",
    "斯琴",
    "阿拉坦",
    "巴雅尔",
    "苏日娜",
    "哈斯",
    "朝鲁",
    "额尔敦",
    "宝音",
    "那日松",
    "特木尔",
]
_MONGOL_LAST = [
    "巴特尔",
    "那仁",
    "高娃",
    "图雅",
    "其木格",
    "格日勒",
    "苏和",
    "乌云",
    "塔娜",
    "敖登",
    "孟和",
    "达来",
]
_PLAIN = [
    "买买提",
    "扎西",
    "卓玛",
    "次仁",
    "达娃",
    "乌兰其其格",
    "斯琴高娃",
    "格桑卓玛",
    "阿依古丽",
    "热依汗",
    "玉素甫",
    "木呷",
    "巴特尔",
    "萨仁高娃",
]
_GIVEN = (
    "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲建国志文峰海燕龙飞鑫波斌宇浩凯秋健俊帆雪倩慧巧美"
    "淑珍云凤洁梅琳素荣爱妹雁锦瑞凡佳嘉琼勤珠翠雅芝怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓"
    "悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思昌仁辰炎德庆祥才发武新利清金祖福根长寿"
    "生贵富有财旺喜林树木森水泉江河溪山川石岩田土城春夏冬月星晨光亮天宝子小大立学义忠孝信礼智中正兴隆盛茂永恒世代"
    "继承宗启先后东南西北宏运泽润涵翔宸轩睿博诚逸皓哲铭瀚煜辉朋绍功松善厚裕邦承乐绪振壮会思群豪心邦承乐绍功松"
)
_TITLES = [
    "先生",
    "女士",
    "小姐",
    "太太",
    "师傅",
    "阿姨",
    "叔叔",
    "大爷",
    "大妈",
    "大姐",
    "大哥",
    "老师",
    "医生",
    "主任",
    "警官",
    "婆婆",
    "伯伯",
    "同学",
    "老板",
]
KINDS = ("han2", "han3", "compound", "minority", "address", "plain")
_SHARES = (18, 50, 8, 12, 8, 4)


def name(rng: Random) -> str:
    """Return one name: more rare kinds than a city has, so that they are learnt as well."""
    kind = rng.choices(KINDS, _SHARES)[0]
    # common surnames first in the list and more often drawn
    surname = SURNAMES[min(int(rng.expovariate(1 / 70)), len(SURNAMES) - 1)]
    if kind == "han2":
        return surname + rng.choice(_GIVEN)
    if kind == "han3":
        return surname + rng.choice(_GIVEN) + rng.choice(_GIVEN)
    if kind == "compound":
        return rng.choice(COMPOUND_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2))))
    if kind == "minority":
        return _minority(rng)
    if kind == "plain":
        return rng.choice(_PLAIN)
    form = rng.random()
    if form < 0.7:
        return rng.choice((surname, surname, rng.choice(COMPOUND_SURNAMES))) + rng.choice(_TITLES)
    return rng.choice("小老阿") + surname


def _minority(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.5:
        return f"{rng.choice(_UYGHUR_FIRST)}·{rng.choice(_UYGHUR_LAST + _UYGHUR_FIRST)}"
    if kind < 0.7:
        return f"{rng.choice(_TIBETAN)}{rng.choice(('·', ''))}{rng.choice(_TIBETAN)}"
    if kind < 0.85:
        return f"{rng.choice(_YI_FIRST)}{rng.choice(('·', ''))}{rng.choice(_YI_LAST)}"
    return f"{rng.choice(_MONGOL_FIRST)}{rng.choice(('·', ''))}{rng.choice(_MONGOL_LAST)}"
