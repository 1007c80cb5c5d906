"""A second set of notes: other phrases than `note_templates`, written after the model was worked on.

Nothing in the trainer or the grammars was changed with an eye on what the model misses here: it is
measured, and that is all. The slots are those of `note_templates`.
"""

from __future__ import annotations

TEMPLATES = (
    "廉租住房轮候名单公示：[name]排第七位，异议期内[name]提出书面质疑。",
    "早市占道经营，执法队员劝离摊贩[name]，其妻[name]录像。",
    "[address]阳台坠物砸中轿车，车主[name]索赔。",
    "刑满释放人员[name]本周报到，帮教责任人[name]。",
    "[school]转学生[name]预防接种本缺页，由姑姑[name]补交。",
    "[name]误服农药，送[hospital]洗胃，同屋[name]垫付费用。",
    "水表底数有争议，抄表员[name]重新到[address]读数。",
    "公益诉讼线索由[name]提供，联络方式[phone]。",
    "[firm]宿舍煤气中毒，[name]脱离危险，[name]仍昏迷。",
    "[name]名下车辆违停三次，家住[address]，短信提醒号码[phone]。",
    "残疾评定：[name]肢体三级，评定医师[name]。",
    "孤儿基本生活费发至养父[name]的存折，账号[card]。",
    "[office]值班员[name]记录：夜间十一时[name]报称遭人尾随。",
    "[name]骑车闯红灯，被辅警[name]教育后放行。",
    "承租方换成[name]，原承租方[name]欠租两季，房屋在[address]。",
    "遗嘱见证：立遗嘱人[name]，见证人[name]、[name]。",
    "清真食堂厨师[name]投诉冷链断电，损失由[firm]承担。",
    "[name]持[id]办理医保异地备案，参保地未停保。",
    "火灾隐患：[address]天井堆满泡沫箱，户主[name]答应当天清走。",
    "校车超载，司机[name]被扣分，跟车老师[name]写检讨。",
    "双语辅导员[name]陪[name]去银行改名字。",
    "[name]嫌疑排除，误抓民警[name]登门致歉。",
    "孕检漏检名单：[name]、[name]、[name]。",
    "代耕协议甲方[name]，乙方[name]，鉴证单位[office]。",
    "[name]丢失钱包，[name]拾得后交到[office]。",
    "[name]经营的牛肉面店开在[address]，食品经营许可过期。",
    "[firm]（代码[credit]）欠缴工伤保险，员工[name]申请先行支付。",
    "寄存物品领取人[name]，凭[phone]短信核销。",
    "[mr]说楼上[mr]半夜剁肉，物业管家[name]两头劝。",
    "[latin] left the key at the front desk; [name] picked it up.",
    "暑期托管班名额已满，家住[address]的[name]转到[school]。",
    "社保卡遗失补领登记，代领亲属[name]，制卡进度查询[phone]。",
    "雨夜漏电致[name]触电倒地，热心商户[name]切断总闸。",
    "公证摇号结果：[name]选中[address]，放弃者[name]。",
    "流浪乞讨人员自称[name]，指纹比对后确认为[name]。",
    "[name]把外卖错送到[address]，与保安[name]互殴致伤。",
    "[hospital]通报疑似麻疹病例[name]，密切接触者[name]居家观察。",
    "[school]寄宿生[name]夜不归宿，宿管[name]调阅监控。",
    "庭前调解无果，[name]坚持返还彩礼，[name]只肯退还一半。",
    "献血车上[name]晕针，护士长[name]处置得当。",
)
