"""Names of minorities for training: parts by hand, and syllables put together at random.

The random ones teach the shape of a transliteration, so that a name never seen is read as well.
"""

from __future__ import annotations

from random import Random

from privacy.recognition.names.syllables import DAI, SYLLABLES

_UYGHUR = [
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
    "艾力",
    "阿不都",
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
    "阿依努尔",
    "阿曼古丽",
    "地里夏提",
    "帕尔哈提",
    "艾孜买提",
    "买合木提",
    "吐逊江",
    "伊力哈木",
    "阿力木江",
    "玛依拉",
    "热娜",
    "阿扎提",
    "赛买提",
    "吾斯曼",
    "麦麦提依明",
    "阿提古丽",
    "佐日古丽",
    "布海丽其",
    "沙吉旦",
    "阿不来提",
    "阿布力克木",
    "亚力坤",
    "艾山江",
    "玉努斯",
    "塔西买买提",
    "巴吐尔",
    "乃比江",
    "苏来曼",
    "吐地",
    "排孜拉",
    "再努拉",
    "阿瓦古丽",
    "古扎丽努尔",
]
_KAZAKH = [
    "叶尔兰",
    "努尔别克",
    "巴合提",
    "阿依波力",
    "沙吾列",
    "哈那提",
    "加尔肯",
    "阿斯哈尔",
    "古丽巴合提",
    "木拉特别克",
    "赛尔江",
    "胡马尔",
    "叶斯木汗",
    "达吾列提",
    "阿依达娜",
    "哈布力",
    "朱马别克",
    "阿勒腾别克",
    "米来古丽",
    "热依扎",
    "托列甫",
    "阿合买提别克",
    "波拉提",
    "努尔太",
    "夏木西努尔",
    "阿依曼",
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
    "次旺",
    "强巴",
    "阿旺",
    "土登",
    "云丹",
    "洛珠",
    "塔杰",
    "拥措",
    "伍金",
    "斯郎",
    "其美",
    "玉珍",
    "群宗",
    "江村",
    "泽翁",
    "四郎",
    "久美",
    "根秋",
    "志玛",
    "英措",
    "南木加",
    "周措",
]
_MONGOL = [
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
    "呼格吉勒",
    "阿斯根",
    "乌日娜",
    "牧仁",
    "照日格图",
    "布仁",
    "额日敦",
    "通拉嘎",
    "哈森",
    "青格乐",
    "吉日嘎拉",
    "毕力格",
    "萨茹拉",
    "阿木古楞",
    "白音",
    "德力格尔",
    "满都拉",
]
_YI = [
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
    "金古",
    "加巴",
    "井古",
    "阿苏",
    "比布",
    "勒格",
    "克哈",
    "有合",
    "布哈",
    "吃布",
    "尔作",
    "曲木",
    "吉拉",
    "石一",
    "里哈",
    "古体",
    "惹布",
    "沙马",
    "拉博",
    "阿牛",
    "莫子",
]
_NAMES = {
    "uyghur": (
        "阿不都热依木 阿不都沙拉木 阿卜杜克里木 阿尔孜古丽 阿依加马力 阿依木尼莎 艾海提 艾米拉 巴哈古丽 巴图尔 布合力其木 布威海丽且 迪力木拉提 地力亚尔 尔肯 古丽加玛丽 "
        "古丽孜巴 古扎努尔 海尼沙 吉丽力 加马力 喀斯木 克热木 库丽曼 玛合木提 麦麦提江 麦提图尔荪 穆拉迪力 木尼热 穆斯塔帕 尼亚孜汗 努尔比亚 努尔艾合买提 帕夏古丽 "
        "帕孜力 热合木江 热西旦 肉先古丽 萨迪尔 赛皮丁 沙迪克 苏比努尔 塔力甫 铁木尔 托合提汗 吐尔洪 吐松托合提 图尔贡 吾加木 西尔艾力 谢尔扎提 伊布拉音 依再提 玉苏普 再帕尔 祖力胡马 "
        "祖木热提 阿吉 卡哈尔 麦丽开 阿尔曼 买买提力 古丽仙 如仙古丽 沙比热 艾克热木 比丽克孜 亚库普 伊敏 吾买尔 巴依 阿西古丽 伊斯马依 古再丽 米兰 塔吉"
    ).split(),
    "kazakh": (
        "阿依别克 阿克木汗 阿热依 巴合达提 巴哈提古丽 别力克 别克扎提 波拉提汗 达娜 杜曼 恩特马克 古丽娜孜 哈孜太 哈力别克 加尔斯 江阿别克 卡米拉 库尔曼江 库丽扎提 玛依努尔 木拉提江 努尔沙吾列 "
        "努尔古勒 赛里克 沙亚 萨亚提 塔巴拉克 托列西 吾兰 叶尔多斯 叶尔太 叶斯力汗 依丽米拉 朱玛古丽 居玛别克 阿山 坎杰别克 买买提吐尔干 托克托别克 阿尔斯兰别克 吐尔地别克 朱马卡德尔 阿依其来克"
    ).split(),
    "tibetan": (
        "扎顿 拉宗 白央 平多 曲央 拉措 玉拉 阿布 琼达 央宗 次曲 曲旦 旺久 巴珠 强珍 旦珍 尼琼 拉琼 卓央 德央 江措 洛松 斯曲 拥忠 泽郎 扎呷 阿珍 布初 拉真 呷玛 曲登 泽旺 邓珠 "
        "才仁 加太 官却 尕让 旦知 南杰 万玛 东智 扎东 才本 多日 华毛 娘毛 青措 吉毛 桑毛 羊毛 索太 周毛 本太 公巴 尕措 尕吉 杨吉 拉吉 措吉 才吉 力毛 贡去 洛藏 宽太 先巴 关却 夸毛 冷本 航秀 "
        "昂秀 卡先 久先 才昂 尖措 彭毛 俄赛 格日 交巴 拉华 索加 扎加 尕日 东周 加保 李加 李毛 才项 年智 斗格 旦木 尼东 相毛"
    ).split(),
    "mongol": (
        "巴根 白乙拉 宝力高 宝山 查娜 达林太 道日娜 额尔敦其其格 格根 哈日巴拉 海梅 浩毕斯 呼和 呼日查 吉仁 金锁 玛希 毛敖海 木仁 娜布琪 诺敏 其布日 青松 如意 萨其日 赛吉雅 色音 斯日古冷 苏都 "
        "特日格乐 铁柱 王宝音 乌恩 乌力罕 小龙 雅茹 伊拉图 玉兰 银花 扎拉嘎 照日格 巴达玛 阿力玛 乌兰图雅 乌云其木格 萨仁高娃 都楞 斯庆 乌达木 孟克 才次克 奥云 道尔基 嘎尔迪 尼满 欧根 "
        "加甫 巴德玛 布音 才仁加甫 艾仁才 萨仁其木格 牡丹 沙仁 那生 巴音巴图 朝格吉勒"
    ).split(),
    "yi_clan": (
        "阿苏 吉克 曲比 沙马 海来 阿尔 马海 莫色 俄木 的惹 勒吾 阿余 吉木日 尔恩 热卡 列洛 阿育 依火 苏甲 苏嘎 赤黑 古则 格吉 且莫 倮伍 倮木 瓦其 邱莫 罗古 立立 孙子 毛勒 吉里 水落 罗布 "
        "木几 惹石 惹几 哈马 黑来 俄比 俄洛 吉尼 吉火 吉地 加克 加莫 结觉 克惹 赖勒 卢几 洛古 洛伍 麻卡 麦来 能清 欧其 恰莫 日木 说色 苏克 田古 吴奇 吾其 约其 杨古 贾司 贾瓦 达久 的么 底惹"
    ).split(),
    "yi": (
        "拉铁 阿惹 伍呷 拉火 史古 木基 尔铁 尔日 木果 拉坡 友呷 友古 子史 子铁 石哈 石则 布铁 尔夫 尔格 尔且 尔各 伍加 伍哈 伍支 木乃 木加 木沙 拉一 拉者 拉哈 有且 日铁 日者 日聪 "
        "阿加 阿牛 阿西 阿衣 阿作 衣作 伍作 伍呷莫 友作 尔扎 尔洗 木勒 木格 木各 古铁 古者 以布 以伍 以呷 洛日 么惹 么日 果各 曲者 约布 约哈 约日 色日 色尔 克古 克日 克惹 志布 "
        "史格 史日 小牛 小红 小英 晓英 晓兵 里惹 里色 里干 哈铁 作牛 牛牛 石牛 日子 则克 补惹 补日"
    ).split(),
}
"""Further parts by hand, each with its people; `yi_clan` stands first in a name of the Yi."""
_ENDS = {
    "uyghur": ("古丽", "江", "汗", "提", "尔", "拉", "别克", "拜", "孜", "木", "", "", ""),
    "tibetan": ("吉", "措", "毛", "加", "太", "杰", "才", "姆", "本", "多", "毛措", "曲", "保"),
    "mongol": ("格", "尔", "娜", "图", "", ""),
    "yi": ("", "", "", "木", "惹", "莫", "子", "", ""),
}
PARTS = {
    "uyghur": _UYGHUR + _KAZAKH + _NAMES["uyghur"] + _NAMES["kazakh"],
    "tibetan": _TIBETAN + _NAMES["tibetan"],
    "mongol": _MONGOL + _NAMES["mongol"],
    "yi": _YI + _NAMES["yi_clan"] + _NAMES["yi"],
}
_SPELT = {"uyghur": "turkic"} | {people: people for people in ("tibetan", "mongol", "yi")}
_LENGTHS = {
    "uyghur": (2, 2, 3, 3, 4, 5),
    "tibetan": (2,),
    "mongol": (2, 3),
    "yi": (2, 2, 2, 2, 2, 3),
}
_DOTS = "·····•・‧."


def minority_name(rng: Random, dotted: bool) -> str:
    """Return a name of a minority, its parts joined by a dot (in any spelling) or written together."""
    if not dotted and rng.random() < 0.05:
        return rng.choice("岩玉") + "".join(rng.choices(DAI, k=rng.choice((1, 1, 2))))
    people = rng.choices(("uyghur", "tibetan", "mongol", "yi"), _PEOPLES[dotted])[0]
    first, last = _part(rng, people), _part(rng, people)
    if people == "yi" and rng.random() < 0.4:
        first = rng.choice(_NAMES["yi_clan"])
    if dotted:
        return first + rng.choice(_DOTS) + last
    if people == "tibetan" and rng.random() < 0.25:
        return first + rng.choice(_ENDS[people])
    if people in ("uyghur", "mongol"):
        if len(first) > 2 and (len(first) + len(last) > 6 or rng.random() < 0.6):
            return first
        if len(first) == 2 and rng.random() < 0.1:
            return first
    return first + last


_PEOPLES = {True: (48, 18, 16, 18), False: (28, 30, 18, 24)}
"""How often each people is drawn, with a dot and without: those whose names have none more often."""


def _part(rng: Random, people: str) -> str:
    if rng.random() < 0.4:
        return rng.choice(PARTS[people])
    length = rng.choice(_LENGTHS[people])
    made = "".join(rng.choices(SYLLABLES[_SPELT[people]], k=length))
    if people == "tibetan":
        return made
    end = rng.choice(_ENDS[people])
    return made + end if people == "uyghur" or len(made) + len(end) < 4 else made


_FOREIGN = "克尔斯特巴里伦德拉马诺维塞罗卡尼亚奥费利比波士顿哈瓦那伯明翰米兰莱茵汉堡柏林布鲁多哥圣保丹麦瑞典芬挪荷西葡萄牙温沃森堪萨密希佛勒津洛杉矶基辅敖图帕苏坦赞约旦迪拜"


def foreign_place(rng: Random) -> str:
    """Return a made-up foreign place: written like a name, and none."""
    return "".join(rng.choices(_FOREIGN, k=rng.choice((2, 3, 3, 4, 4, 5))))


def foreign_firm(rng: Random) -> str:
    """Return a made-up foreign firm or club."""
    return foreign_place(rng) + rng.choice(("公司", "集团", "队", "俱乐部", "银行", "", ""))
