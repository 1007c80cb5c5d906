"""Surnames: of one character, the common ones first, and the compound ones.

The first fifty are China's most common (Ministry of Public Security, 2020), then those of the Hundred
Family Surnames and some rare ones. Left out are those that are words of every day (和, 时, 都, 有, 公):
what stands around such a name must tell.
"""

from __future__ import annotations

COMPOUND_SURNAMES = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 轩辕 宇文 长孙 独孤 南宫 端木 呼延 澹台 公冶 宗政 濮阳 淳于 "
    "单于 太叔 申屠 仲孙 钟离 闻人 赫连 鲜于 闾丘 司空 第五 万俟 拓跋 百里 东郭 南门 西门 公羊 子车 颛孙 谷梁 亓官 巫马 公西 "
    "漆雕 乐正 壤驷 夹谷 宰父 段干 梁丘 左丘 东门 微生 羊舌 欧侯 完颜 纳兰 叶赫 爱新 瓜尔 "
).split()
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤常温康施文牛樊葛邢安齐易"
    "乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季成霍苗涂谷曲盛冉翁蓝路游靳辛管柴蒙鲍华祁"
    "蒲房滕屈饶解牟艾尤时阳阴穆农司古吉缪简车项连芦麦褚娄窦戚岑卜费卫桑席隋郎丘幸裴查揭占桂匡官佟应强冷钮闵狄詹喻储仇"
    "邬池骆商裘晏初巩敖冼苟练班楚冀粟晋褟闫鄢郜仝昝笪蔺晁燕蓬萧傅赖洪殷卓景党宫米柏宗瞿臧边卞姬栾刁沙荣巫寇甄丛仲虞佘"
    "麻苑迟邝封谈鞠惠荆乐郁胥南栗劳谌奚皮楼盘闻厉伊区阚花权帅屠豆朴盖廉禹井祖漆巴丰支卿索宣门云容敬扈芮普阙浦戈伏"
    "鹿薄邸雍辜羊乌母亓邰赫杭况宿鲜印逯隆茹诸战慕危玉银亢嵇哈湛宾戎勾茅尉冶斯束檀衣展智奉植衡尧昌凤酆贝"
    "贲滑荀羿汲邴糜松弓牧隗山宓郗仰秋暴韶蓟怀鄂咸籍苍莘贡逄扶堵宰郦濮寿郏充习宦鱼慎庾终暨步弘广禄殳沃蔚夔厍融訾毋乜巢"
    "蒯竺益桓招寸撒禤缑仉虎刀闪铁忻旷郸荔晃綦肇郄戢芶塔羌凃佴洛庹旦贠郇蹇幺岱麴"
)
SURNAME_CHARACTERS = frozenset(SURNAMES)
