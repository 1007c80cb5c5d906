"""Names and parts of addresses for the second set of notes: none of the trainer's, none of the first set's.

The names are such as registers of Xinjiang, Qinghai, Tibet, Sichuan, Inner Mongolia and Yunnan hold; a test
keeps their parts apart. Surnames and forms of address are those of the first set.
"""

from __future__ import annotations

from tests.benchmarks import note_lexicon as first

SURNAMES, COMPOUND, DOTS, TITLES = first.SURNAMES, first.COMPOUND, first.DOTS, first.TITLES
LATIN_SURNAMES, ROAD_KINDS = first.LATIN_SURNAMES, first.ROAD_KINDS
GIVEN_TWO = (
    "诗婷 泓毅 润泽 佩珊 国栋 淑芬 志远 亚楠 凤英 玉兰 少聪 伟民 慧玲 振宇 雨泽 俊熙 嘉豪 晓彤 秋菊 世杰 文静 学军 春生 丽华 素珍 喜梅 长贵 连喜 德全 福来 金生 桂花 秀珍 新华 "
    "建平 晓东 立强 海燕 雪梅 子墨 沐宸 若汐 梓萌 艺涵 奕泽 宸熙 可馨 语桐 依诺 恩熙 皓轩 一凡 书瑶 欣怡 天翔 友良 祖德 兆麟 锦华 庆云 月琴 惠兰 水莲 阿妹 亚军 志刚 少芬 观福 "
    "带娣 群弟 伟健 广生 树勋 占魁 守义 效忠 守俭 宝玉 满堂 石头 麦收 二丫"
).split()
GIVEN_ONE = "波 辉 鑫 梅 云 莉 虹 琴 庆 毅 晖 炜 彬 颖 薇 茜 岚 捷 驰 泽 澄 琦 瑜 璐 霖 煜 彤 萌 楷 航 睦 芃 潼 宁 冬 良 全 福 才".split()
UYGHUR = (
    "穆耶赛尔 萨比尔 古丽夏提 买吐送 海热提 阿力普 茹先 热米拉 居来提 艾热提 阿米乃 尼加提 凯丽比努尔 吾布力卡斯木 图尼莎 麦合皮热 伊斯坎德尔 阿丽亚 巴哈尔古丽 买买提艾力 赛丽玛 "
    "艾比布拉 吐鲁洪 达吾提 哈斯木 穆萨 夏依达 阿孜买提 祖力皮卡尔 米吉提 凯麦丽亚 努尔夏提 伊米提 库尔班江 牙生 热依拉 再依努普 艾则提艾力 布阿依夏木 麦麦提明 吾斯曼江 阿瓦罕"
).split()
KAZAKH = (
    "叶尔扎提 别克波拉提 加那提 沙尔合提 江布尔 努尔巴合提 阿依努拉 木拉提汗 萨依拉 古力扎提 塞力克江 阿曼吐尔 居马什 托合托努尔 吐尔干拜 玉散阿里 苏云都克 哈丽玛 叶克本 马合沙提"
).split()
TIBETAN = (
    "卓尕 南卡 久麦 旺加 项秀 杨措 周加 公保 东知 角巴 尕玛 四朗 彭措 仁增 尼吉 措毛 拉旦 嘉洋 更尕 秀措 达瓦 普穷 次央 白珍 强久 赤来 多布 格勒 罗绒 泽绒 俄日 曲批 生格 完德 娘吉 "
    "加羊 旦巴 桑杰 索南吉 夏吾才 拉毛吉 华旦加 卓玛措"
).split()
MONGOL = (
    "阿茹娜 乌云毕力格 巴音 萨日娜 乌英嘎 布和 那木拉 赛音 额尔登 特古斯 旭日干 苏雅拉 朝克图 格日乐图 娜仁花 双喜 其力格尔 阿荣 敖特根 乌吉斯古楞 图门 陶格斯 牧其尔 阿拉腾 呼和巴日 萨楚拉 "
    "哈达 那木斯来 斯琴图 包力道"
).split()
YI = (
    "阿侯 加日 的莫 瓦渣 吉史 地莫 罗蒙 恩扎 阿里 安子 热柯 莫则 伍来 木牛 尔石 拉日 古扎 友合 史者 只且 尔歪 木林 乌且 阿各 果果 日洛 依子 布都 石扎 拉立 依扎 伍机 木且 阿普"
).split()
DAI = "岩温罕 玉香罕 岩罕香 玉儿甩 岩三说 玉康朗 岩坎龙 玉应罕 岩帅 玉喃波 岩燕 玉波罕 岩叫 玉的".split()
LATIN_GIVEN = (
    "Guoping Shufen Zhiyuan Yanan Lijun Chunhua Weimin Huiling Zhenyu Junxi Xiaotong Shijie Wenjing Xuejun Qiuju Yuze Meizhen Bing Rong Kun Hui Qing Xia Long Ting Ying Bo Zimo"
).split()
ROADS = "笋岗东 翠竹北 宝岗 田贝四 梅华 泥岗西 新浩 华富 金田 农林 香蜜湖 竹子林 沙河 高新南 科苑 桂庙 南油 后海 工业八 望海 前进二 流塘 宝兴 航城 福洲 松裕 南环 公明 龙大 油富商城 龙翔 盛龙".split()
ESTATES = (
    "香荔花园 天健阳光华苑 海月花园 招商海琴居 蔚蓝星宸 山语海苑 东方尊峪 鸿景翠峰 阳光带海滨城 深业花园 龙泰轩 中信红树湾 紫荆苑 骏皇名居 云深处 景蜜村 三杰华庭 雍翠豪园 金众葛兰溪谷 "
    "可园 四季花城 和成世纪名园 风临左岸 珠光苑 春华四季园 鹏盛村 勤诚达 满京华云著 擎天华庭 康乐大厦"
).split()
VILLAGES = "湖贝 向南 蔡屋围 大望 新田 樟坑 下水径 丹竹头 上李朗 木古 沙背沥 南岭 西湖塘 浪心 官田 塘头 罗租 石龙仔 应人石 上屋 怀德 桥头 塘尾 合水口 将石 长圳 甲子塘 田寮 碧岭 沙湖".split()
TOWNS = "黄贝街道 福保街道明月社区 石岩街道 宝龙街道同乐社区 坪地街道 粤海街道大冲社区 航城街道三围社区 新湖街道圳美社区 南澳办事处 观湖街道".split()
PLACES = "广州市白云区 湖南省常德市桃源县 四川省巴中市南江县 广西贵港市桂平市 云南省昭通市镇雄县 青海省海东市化隆县 四川省甘孜州康定市 新疆阿克苏地区库车市 龙华区 坪山区 江西省吉安市泰和县 陕西省安康市汉阴县".split()
FIRM_HEADS = "旺达 欣旺 宝嘉 裕同 佳士 德润 巨烽 航盛 劲嘉 兆驰 海能 德方 民爆 百丽 喜之郎 周记 阿里郎 天虹 真功夫 和顺".split()
FIRM_TAILS = (
    "电子有限公司 玩具厂 食品有限公司 运输有限公司 自动化设备有限公司 劳务派遣有限公司 信息股份有限公司 制衣厂 建设工程有限公司 皮具制品厂 保安服务有限公司 软件有限公司 超市 诊所 宾馆 月子中心"
).split()
SCHOOLS = "荔园小学 福景外国语学校 育才中学 北环幼儿园 深圳市第二实验学校 罗湖外语学校 碧波中学 南头城小学 海湾中学 华侨城小学 光明区马山头学校 南方科技大学 布心小学 蓓蕾幼儿园".split()
HOSPITALS = "龙华区中心医院 港大深圳医院 罗湖区中医院 石岩人民医院 粤海社康中心 福田区妇幼保健院 平乐骨伤科医院 市第三人民医院".split()
OFFICES = "东门派出所 福保街道办事处 南山区人力资源局 宝安区人民法院 沙井司法所 新洲社区工作站 罗湖区民政局 龙华区教育局 黄贝居委会".split()
