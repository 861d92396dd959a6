//! The words that the invented city is made of. City, streets, home places and company names do not exist.

/// Name of the invented city, without 市.
pub(super) const CITY: &str = "青屿";

/// A trade: one link of a chain.
#[derive(Debug)]
pub(super) struct Trade {
    /// What the link is called.
    pub(super) name: &'static str,
    /// GB/T 4754-2017 class.
    pub(super) industry: &'static str,
    /// How its companies end their names, before 有限公司.
    pub(super) suffixes: &'static [&'static str],
    /// What they make or do.
    pub(super) products: &'static [&'static str],
    /// Names of the trades that buy it, as real chains do.
    pub(super) sold_to: &'static [&'static str],
    /// How many companies of the city are in it.
    pub(super) companies: usize,
    /// Size of an ordinary purchase, 万元.
    pub(super) order_wan: u64,
}

macro_rules! trades {
    ($($name:literal $industry:literal $companies:literal $order_wan:literal
        [$($suffix:literal)+] [$($product:literal)+] => [$($buyer:literal)*];)+) => {
        &[$(Trade {
            name: $name,
            industry: $industry,
            suffixes: &[$($suffix),+],
            products: &[$($product),+],
            sold_to: &[$($buyer),*],
            companies: $companies,
            order_wan: $order_wan,
        }),+]
    };
}

/// The trades of the city; 800 companies in all.
pub(super) const TRADES: &[Trade] = trades! {
    "铝材" "C3252" 26 60 ["铝业" "铝材"] ["铝型材" "铝板带" "铝棒"] => ["建筑模架" "门窗五金" "新能源车"];
    "建筑模架" "C3311" 28 90 ["模架科技" "建筑模板"] ["铝合金模板" "附着式爬架" "外墙施工平台"] => ["建筑施工"];
    "门窗五金" "C3351" 34 25 ["锁业" "五金制品"] ["建筑锁具" "门窗配件" "智能门锁"] => ["装饰装修" "建筑施工"];
    "建筑施工" "E4710" 38 150 ["建设工程" "建筑"] ["厂房建设总承包" "住宅施工" "园区配套施工"] => ["水产加工" "智能装备"];
    "装饰装修" "E5011" 36 40 ["装饰工程" "空间装饰"] ["公共建筑装修" "商铺装修" "洁净车间装修"] => ["商超零售" "医疗器械"];
    "铸锻" "C3391" 28 45 ["铸造" "锻压"] ["球墨铸件" "精密锻坯" "铸钢件"] => ["轴承传动" "海工装备" "智能装备"];
    "轴承传动" "C3451" 30 55 ["轴承" "传动机械"] ["精密轴承" "减速器" "回转支承"] => ["智能装备" "家用电器" "海工装备"];
    "智能装备" "C3491" 40 120 ["智能装备" "自动化设备"] ["搬运机器人" "焊接工作站" "码垛生产线"] => ["家用电器" "新能源车" "水产加工" "服装"];
    "传感仪表" "C3983" 32 30 ["传感技术" "仪表"] ["压力传感器" "温湿度变送器" "水质在线监测仪"] => ["智能装备" "海工装备" "冷链物流" "医疗器械"];
    "集成电路" "C3973" 22 80 ["微电子" "半导体"] ["驱动芯片" "电源管理芯片" "信号调理芯片"] => ["传感仪表" "家用电器" "锂电储能"];
    "家用电器" "C3851" 28 70 ["电器" "制冷电器"] ["商用冷柜" "展示柜" "小型制冰机"] => ["商超零售" "冷链物流"];
    "锂电储能" "C3841" 24 130 ["新能源科技" "储能技术"] ["动力电池包" "储能柜" "叉车电池"] => ["新能源车" "冷链物流" "智能装备"];
    "新能源车" "C3612" 14 160 ["新能源汽车" "专用车"] ["冷藏物流车" "纯电动环卫车" "厂内牵引车"] => ["冷链物流" "商超零售"];
    "海工装备" "C3737" 26 140 ["海洋装备" "海洋工程"] ["深水网箱" "海上监测浮标" "养殖工船模块"] => ["海水养殖"];
    "海水养殖" "A0411" 30 35 ["海洋牧业" "水产养殖"] ["刺参" "牡蛎" "深水网箱鱼"] => ["水产加工"];
    "水产加工" "C1361" 36 50 ["海洋食品" "水产食品"] ["冷冻鱼片" "即食海参" "调理水产品"] => ["商超零售" "冷链物流"];
    "冷链物流" "G5930" 34 28 ["冷链物流" "冷链供应链"] ["低温仓储" "城市冷链配送" "冷库租赁"] => ["水产加工" "商超零售"];
    "商超零售" "F5212" 40 20 ["商业连锁" "超市"] ["社区超市" "生鲜门店" "团购配送"] => [];
    "包装" "C2231" 30 15 ["包装制品" "纸业包装"] ["瓦楞纸箱" "保温箱" "彩盒"] => ["水产加工" "家用电器" "服装"];
    "棉纺" "C1711" 26 40 ["棉纺" "纺织"] ["精梳棉纱" "混纺面料" "针织坯布"] => ["服装"];
    "服装" "C1811" 38 30 ["服饰" "制衣"] ["工装" "运动服" "防寒服"] => ["商超零售" "建筑施工"];
    "医疗器械" "C3584" 26 65 ["医疗器械" "康复器械"] ["康复器械" "监护设备附件" "一次性耗材"] => [];
    "工业软件" "I6513" 44 35 ["软件" "数字技术"] ["生产执行系统" "设备联网平台" "排产软件"] => ["智能装备" "家用电器" "服装" "建筑模架" "水产加工"];
    "数据溯源" "I6450" 28 18 ["数据科技" "链上数据"] ["区块链溯源平台" "供应链数据服务" "电子存证"] => ["冷链物流" "水产加工" "商超零售"];
    "检测认证" "M7452" 30 12 ["检测技术" "检验认证"] ["材料检测" "食品检测" "计量校准"] => ["铝材" "水产加工" "医疗器械" "轴承传动"];
    "法律服务" "L7231" 32 10 ["企业服务" "法务咨询"] ["合同法务" "知识产权服务" "合规咨询"] => ["建筑施工" "工业软件" "新能源车"];
};

/// Industry chambers: short name, and the trades whose companies they gather. Neighbouring links sit together.
pub(super) const TRADE_CHAMBERS: &[(&str, &[&str])] = &[
    ("建筑产业链", &["铝材", "建筑模架", "建筑施工", "装饰装修"]),
    ("锁业五金", &["门窗五金", "铝材", "检测认证"]),
    ("装饰行业", &["装饰装修", "门窗五金"]),
    ("铸锻机械", &["铸锻", "轴承传动", "检测认证"]),
    ("智能装备", &["智能装备", "轴承传动", "传感仪表", "工业软件"]),
    ("传感与集成电路", &["传感仪表", "集成电路"]),
    ("海洋科技产业", &["海工装备", "海水养殖", "传感仪表"]),
    ("家电电子", &["家用电器", "集成电路", "包装"]),
    ("新能源汽车产业链", &["锂电储能", "新能源车", "铝材", "集成电路"]),
    ("水产食品", &["海水养殖", "水产加工", "包装"]),
    ("冷链与商贸流通", &["冷链物流", "商超零售", "水产加工", "数据溯源"]),
    ("纺织服装", &["棉纺", "服装", "包装"]),
    ("医疗健康产业", &["医疗器械", "传感仪表", "检测认证"]),
    ("数字经济", &["工业软件", "数据溯源", "法律服务"]),
];

/// Home places of the chambers of people from elsewhere. None of them exists.
pub(super) const HOME_PLACES: &[&str] = &[
    "云岭", "江渚", "越浦", "汀湖", "湘渚", "岫山", "屏川", "楚泽", "秦塬", "岚阳", "湄川", "陌南", "澍原",
    "垣北",
];

/// Streets with a chamber of their own, with the district they lie in. None of them exists.
pub(super) const STREETS: &[(&str, &str)] = &[
    ("望潮街道", "370202"),
    ("灯塔街道", "370203"),
    ("揽月街道", "370211"),
    ("渔歌街道", "370211"),
    ("听松街道", "370212"),
    ("临汐街道", "370213"),
    ("栖霞路街道", "370214"),
    ("古渡街道", "370215"),
    ("麦岭镇", "370281"),
    ("柳泊镇", "370283"),
    ("石桥镇", "370285"),
];

/// The ten districts: existing codes, for a code must exist to be recorded; the city in them does not.
pub(super) const DISTRICTS: &[&str] =
    &["370202", "370203", "370211", "370212", "370213", "370214", "370215", "370281", "370283", "370285"];

/// First syllables of invented company names.
pub(super) const FIRST: &[&str] = &[
    "澜", "珩", "霁", "岫", "璟", "澍", "珏", "翊", "晗", "暄", "煦", "珣", "瑄", "骁", "昉", "湜", "翀",
    "琤", "灏", "峤", "潆", "榷", "燊", "骞", "珝", "昶", "崤", "淏", "璆", "翯", "垚", "禔", "茳", "筱",
    "琯", "颢", "玥", "翮", "洺", "崧",
];

/// Second syllables of invented company names.
pub(super) const SECOND: &[&str] = &[
    "笙", "浔", "屾", "垣", "祺", "琰", "芃", "栩", "聿", "岑", "筠", "翎", "甫", "沚", "峪", "樾", "衡",
    "朔", "滢", "嵘",
];

/// Topics of policy salons.
pub(super) const POLICIES: &[&str] = &[
    "研发费用加计扣除",
    "小微企业贷款贴息",
    "技改设备补贴",
    "出口信用保险",
    "用工与社保缓缴",
    "专精特新申报",
    "绿色工厂评价",
    "政府采购预留份额",
];

/// Topics of the entrepreneurs' lecture.
pub(super) const LECTURES: &[&str] = &[
    "用工业互联网平台做精益生产",
    "从战略到绩效",
    "中小企业数字化转型的三步",
    "接班与治理",
    "品牌出海的合规底线",
    "现金流管理",
];

/// Places where people meet.
pub(super) const VENUES: &[&str] =
    &["商会之家会议厅", "产业园路演厅", "企业服务中心三楼", "望潮楼报告厅", "会员企业车间", "滨海会客厅"];

/// Places that delegations come from or go to, beside the home places. None of them exists.
pub(super) const PARTNER_CITIES: &[&str] =
    &["云岭市", "江渚市", "越浦市", "湘渚市", "岫山市", "楚泽市", "岚阳市", "湄川市"];

/// Sites that delegations see.
pub(super) const SITES: &[&str] =
    &["青屿湾产业园", "揽月智造谷", "古渡冷链港", "临汐海洋科技园", "麦岭建筑产业园"];

/// What companies from elsewhere that invest here do.
pub(super) const INVESTOR_TRADES: &[&str] =
    &["传动集团", "海洋装备集团", "储能科技集团", "冷链集团", "医疗科技集团", "模架控股集团"];

/// What projects are.
pub(super) const PROJECTS: &[&str] = &[
    "精密减速器生产基地",
    "深水网箱总装线",
    "储能系统集成工厂",
    "冷链分拨中心",
    "康复器械产业园",
    "铝合金模板数字化工厂",
    "传感器封测线",
    "水产预制菜工厂",
    "工业软件研发中心",
    "新能源冷藏车改装线",
];

/// Needs that visits bring to light: type as in `need_declared`, and the words.
pub(super) const NEEDS: &[(&str, &str)] = &[
    ("talent", "招不到熟练技工，希望与职业院校订单培养"),
    ("capital", "旺季备货占款，需要三百万元左右流动资金贷款"),
    ("technology", "产线联网缺方案，想找懂行业的软件伙伴"),
    ("market", "新品进不了商超，希望对接本地连锁渠道"),
    ("policy", "不清楚技改补贴能否与设备租赁同时申报"),
    ("land", "现厂房租约明年到期，需要约二十亩工业用地"),
];
