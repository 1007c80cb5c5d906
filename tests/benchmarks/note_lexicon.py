"""Names and parts of addresses for the notes to measure by; the trainer cannot import this file.

Given names, parts of minority names, roads, estates, villages, firms and schools are others than the
trainer's (a test compares them). Surnames are common to all of China: only the lists' extent differs,
and compound surnames are so few that the recogniser knows them all.
"""

from __future__ import annotations

SURNAMES = (
    "王李张刘陈杨黄吴徐孙马胡郭何林高罗郑梁谢许韩冯邓曹曾彭肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江"
    "阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武赖向祝柯麦植冼丘甄招戚池尧蔺"
)
GIVEN_TWO = (
    "梓轩 雨桐 欣妍 浩宇 子涵 诗涵 宇航 一诺 建军 桂芳 秀兰 国强 志伟 海波 晓燕 春梅 永福 金凤 德胜 玉珍 红霞 小军 丽娟 文斌 少华 美玲 家豪 思远 若曦 俊杰 佳怡 "
    "明辉 翠花 长青 招娣 来弟 满仓 有田 景行 望舒 沐阳 知夏 语嫣 以宁 锡祥 炳坤 耀祖 淑仪 婉君 焕章 兆基 伯涛 仲谋 淼淼 圆圆 乐乐 芊芊 天佑 思齐 泊言 予安 南星 半夏 "
    "铁柱 大勇 二妮 三喜 四海 五福 冬生 腊梅 水根 火旺 木兰 土生 银花 铜山 宝珠 玉凤 彩云 月娥 桂英 改革 援朝 跃进 卫东 向阳 解放 拥军 爱民 抗美 新民 建设 胜利 光荣 "
    "明 元 可欣 安琪 嘉懿 昊然 奕辰 煜城 梦琪 紫萱 晨阳 凌云 怀瑾 守仁 慎之 启明 克勤 克俭 承恩 念慈 亦菲 其昌 是之 未央 之遥 也夫"
).split()
GIVEN_ONE = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 英 华 玉 萍 红 玲 斌 宇 浩 凯 健 俊 帆 雪 倩 慧 丹 鹏 旭 锋 琳 莹 婷 坤 楠 峥 岩 蕾 悦 "
    "弢 旻 昱 晟 曦 淼 焱 珂 琨 璇 瑾 睿 祎 稷 笙 翀 蔚 赟 钰 铮 闯 颢 骁 鸣 麟 默 衡 硕 岳 渊 禾 一 念"
).split()
COMPOUND = "欧阳 上官 司徒 诸葛 皇甫 令狐 夏侯 慕容 尉迟 东方 司马 南宫 端木 公孙 长孙 宇文 轩辕 闻人 濮阳 淳于 钟离 申屠 呼延 万俟 澹台 百里 鲜于 东郭".split()
UYGHUR = (
    "阿米娜 吐尼亚孜 麦合木提 阿西木 古丽巴哈尔 吾甫尔 艾力亚尔 艾尼 吾买尔江 亚森 祖丽胡玛尔 阿塔吾拉 穆合塔尔 热西提 阿卜力孜 图尔迪 热孜宛古丽 阿布力米提 艾克拜尔 玉苏甫 "
    "帕丽旦 沙塔尔 海丽切 依斯拉木 麦尔旦 凯麦尔 谢依达 艾则孜 阿不都外力 如则 茹仙古丽 买买提吐逊 依力亚斯 卡米力 阿依谢姆 吾布力 古丽米热 艾散 赛福丁 托乎提 "
    "迪力夏提 库热西 米日古丽 阿不都克里木 哈丽旦 奥斯曼 麦麦提图尔荪 努尔艾力 夏热帕提 艾孜孜 帕祖拉 吾拉木 阿娜古丽 买提肉孜"
).split()
KAZAKH = (
    "加娜尔 巴合提别克 叶尔江 努尔哈孜 赛力克 胡安别克 木合亚提 哈孜别克 阿依江 叶尔波力 古丽江 别尔克 马达尼亚提 库兰 沙肯 加依劳 托合塔尔 叶斯波 阿曼太 "
    "哈力木别克 吐尔森别克 萨吾列 江阿古丽 布尔兰"
).split()
TIBETAN = (
    "嘎玛 赤列 措姆 拉巴 江白 曲扎 阿佳 朗杰 晋美 旺堆 德庆 玉措 卓嘎 欧珠 群培 益西 贡觉 仓决 洛追 索南 加措 班觉 丹巴 拉毛 才旦 更登 尕藏 昂旺 华旦 多杰 克珠 茨仁 "
    "桑珠 尼珍 单增 扎巴 格列 塔青 热杰 切羊"
).split()
MONGOL = (
    "孟根 图力古尔 宝力德 哈斯其劳 阿木尔 乌力吉 朝格图 斯日古楞 娜布其 萨其拉 呼斯楞 额尔德木图 巴图 苏伦 敖日格勒 赛罕 珠拉 恩和 阿古拉 道尔吉 查干 海日罕 "
    "胡格吉勒图 乌仁 托娅 希吉日 布赫 那顺 达布希拉图 包勒尔"
).split()
YI = (
    "阿木 阿洛 吉木 子哈 布木 石布 海乃 阿果 吉觉 尔体 乌果 依伍 拉马 阿以 俄底 尔坡 吉差 小里 麦吉 阿英 吉列 曲么 尔聪 日哈 阿库 的日 贾巴 小兵 阿硕 拉也 勒尔 里古 吉伙 "
    "依呷 莫洛 阿芝 达体 且沙"
).split()
DAI: list[str] = []
"""The first set has no names of the Dai."""
DOTS = "·····•・‧."
TITLES = "先生 女士 阿姨 师傅 小姐 大姐 大哥 老师 主任 医生 大爷 大妈 经理 警官 婆婆".split()
LATIN_SURNAMES = (
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Song Tang Deng Feng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Du Ye "
    "Su Wei Cheng Lu Ding Shen Ren Yao Zhong Ouyang"
).split()
LATIN_GIVEN = (
    "Xiaoming Wei Fang Na San Si Jianguo Guoqiang Meiling Yuting Zihan Haoyu Lihua Xiuying Jun Yan Jing Lei Tao Mingyue Zhiqiang Haibo Chunmei Yutong Zixuan Ruoxi Siyuan Jiahao Qian Dan"
).split()
ROADS = "彩田 深南 香梅 北环 布心 爱国 太白 沿河 丹平 吉华 梅观 龙观 人民 布龙 中心城 坪西 光侨 松白 宝民 海秀 泥岗 笔架山 怡景 罗芳 金稻田 东昌 莲花支 福强 滨河 侨香 月亮湾 兴海 商业 学府 麒麟".split()
ROAD_KINDS = "路 路 路 大道 街 一路 二路 东街 西路 北巷 南路".split()
ESTATES = (
    "鹿丹村 百仕达花园 桃李居 英郡年华 星河盛世 万科第五园 佳兆业新都汇 丰湖花园 富通城 碧海云天 莱蒙水榭春天 城市山林 国香苑 益田村 梅林一村 长城二花园 合正汇一城 御龙豪庭 "
    "锦上花家园 中航格澜阳光花园 颐安都会中央 泰华阳光海 德弘天下华府 壹方中心 懿花园 半岛城邦 红树湾畔 蔚蓝海岸社区 麒麟花园 缤纷年华家园 椰风海岸 塞纳时光 三湘海尚"
).split()
VILLAGES = "水围 岗头 大冲 白芒 油松 赤岭头 三围 黄麻布 樟坑径 上雪 塘坑 谷湖龙 麻磡 凤凰 沙头角 盐排 甘坑 罗瑞合 鹤薮 径口 玉律 楼岗 茜坑 君子布 蕉窝".split()
TOWNS = "南湾街道 龙华区民治街道北站社区 西丽街道 沙头街道天安社区 葵涌办事处 马田街道薯田埔社区 盐田区海山街道 吉华街道水径社区 平湖街道鹅公岭社区".split()
PLACES = "深圳市 龙岗区 广东省深圳市宝安区 湖南省邵阳市武冈市 河南省驻马店市上蔡县 四川省达州市渠县 贵州省毕节市织金县 广西玉林市博白县 江西省上饶市鄱阳县 甘肃省定西市陇西县 新疆和田地区墨玉县 南山区 光明区 茂名市化州市".split()
FIRM_HEADS = "鑫辉 恒昌 全聚源 顺达 嘉泽 瑞凌 科陆 优必 晨曦 博瀚 卓悦 锐明 立讯 惠邦 捷胜 同洲 康佳宝 粤海源 四季 老百姓".split()
FIRM_TAILS = (
    "塑胶制品有限公司 电子厂 餐饮有限公司 物流有限公司 精密模具有限公司 人力资源有限公司 科技股份有限公司 服装厂 装饰工程有限公司 五金制品厂 物业管理有限公司 网络技术有限公司 "
    "便利店 大药房 连锁酒店 家政服务中心"
).split()
SCHOOLS = (
    "翻身实验学校 滨海小学 景秀中学 木棉湾幼儿园 深圳市第三高级中学 红桂小学 文汇学校 石厦学校 科苑小学 龙岗区兰著学校 新安中学 百合外国语学校 七彩阳光幼儿园 深圳职业技术大学 水库小学 螺岭外国语实验学校"
).split()
HOSPITALS = "罗湖区人民医院 宝安中医院 南山区妇幼保健院 坂田社康中心 北大深圳医院 龙岗区第三人民医院 蛇口卫生院 市儿童医院".split()
OFFICES = "莲花派出所 民治街道办事处 龙岗区劳动监察大队 福田区人民法院 布吉司法所 大浪社区工作站 宝安区民政局 坪山区教育局 桂园居委会".split()
