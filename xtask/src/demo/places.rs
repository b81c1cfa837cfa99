//! Districts by their GB/T 2260 code, with a street that people there know.

pub struct Place {
    pub code: &'static str,
    pub name: &'static str,
    pub street: &'static str,
}

const fn place(code: &'static str, name: &'static str, street: &'static str) -> Place {
    Place { code, name, street }
}

/// Where a tea shop in Hangzhou has its customers: the nearest first.
pub const PLACES: &[Place] = &[
    place("330106", "浙江省杭州市西湖区", "文三路"),
    place("330106", "浙江省杭州市西湖区", "龙井路"),
    place("330102", "浙江省杭州市上城区", "河坊街"),
    place("330105", "浙江省杭州市拱墅区", "莫干山路"),
    place("330108", "浙江省杭州市滨江区", "江南大道"),
    place("330109", "浙江省杭州市萧山区", "市心中路"),
    place("330110", "浙江省杭州市余杭区", "文一西路"),
    place("330113", "浙江省杭州市临平区", "迎宾路"),
    place("330111", "浙江省杭州市富阳区", "桂花路"),
    place("330203", "浙江省宁波市海曙区", "中山西路"),
    place("330212", "浙江省宁波市鄞州区", "四明中路"),
    place("330302", "浙江省温州市鹿城区", "五马街"),
    place("330402", "浙江省嘉兴市南湖区", "中环南路"),
    place("330502", "浙江省湖州市吴兴区", "红旗路"),
    place("330523", "浙江省湖州市安吉县", "天目路"),
    place("330602", "浙江省绍兴市越城区", "鲁迅中路"),
    place("330702", "浙江省金华市婺城区", "八一南街"),
    place("330782", "浙江省金华市义乌市", "稠州北路"),
    place("350102", "福建省福州市鼓楼区", "五四路"),
    place("350203", "福建省厦门市思明区", "湖滨南路"),
    place("350206", "福建省厦门市湖里区", "仙岳路"),
    place("350502", "福建省泉州市鲤城区", "涂门街"),
    place("350524", "福建省泉州市安溪县", "河滨南路"),
    place("350782", "福建省南平市武夷山市", "大王峰路"),
    place("350982", "福建省宁德市福鼎市", "太姥大道"),
    place("310101", "上海市黄浦区", "淮海中路"),
    place("310104", "上海市徐汇区", "武康路"),
    place("310105", "上海市长宁区", "愚园路"),
    place("310106", "上海市静安区", "南京西路"),
    place("310109", "上海市虹口区", "四川北路"),
    place("310112", "上海市闵行区", "七莘路"),
    place("310115", "上海市浦东新区", "世纪大道"),
];
