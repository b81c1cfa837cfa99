//! What a rule says about a field, or about a form as a whole.

super::texts! {
    // Of every form.
    required: "必填", "Required";
    type: "类型不对", "Wrong type";
    malformed: "请求内容不是有效的 JSON", "Not valid JSON";
    too_deep: "请求内容嵌套过深", "Nested too deeply";
    unknown_field: "没有这个字段", "There is no such field";
    duplicate_field: "字段重复", "The field occurs twice";
    too_short: "至少 {min} 个字", "At least {min} characters";
    too_long: "最多 {max} 个字", "At most {max} characters";
    too_few: "至少 {min} 项", "At least {min} items";
    too_many: "最多 {max} 项", "At most {max} items";
    too_small: "不能小于 {min}", "Must be {min} or more";
    too_large: "不能大于 {max}", "Must be {max} or less";
    enum_invalid: "请从列表中选择", "Choose one of the list";
    uuid_invalid: "编号格式不正确", "Not a valid id";
    date_invalid: "日期不正确", "Not a valid date";
    instant_invalid: "时间不正确", "Not a valid time";
    blank: "不能只有空格", "Must not be blank";
    control_character: "含有无法显示的字符", "Contains invisible characters";
    invalid_value: "内容不正确", "Not valid";

    // Of several features.
    phone_invalid: "电话号码不正确", "Not a valid phone number";
    email_invalid: "邮箱格式不正确", "Not a valid e-mail address";
    leap_unexpected: "只有农历才有闰月", "Only the lunar calendar has leap months";
    region_invalid: "地区代码不正确", "Not a valid region";
    colour_invalid: "颜色格式应为 #RRGGBB", "A colour looks like #RRGGBB";
    number_invalid: "请填写数字", "Not a number";
    too_precise: "最多 {max} 位小数", "At most {max} decimals";
    field_read_only: "你的角色不能填写这一项", "Your role may not set this";
    condition_unmet: "当前条件下不需要填写", "Not asked for under the present condition";
    key_invalid: "只能用小写字母、数字和 _，以字母开头", "Lower-case letters, digits and _, a letter first";
    code_invalid: "只能包含字母、数字、- 和 _", "Only letters, digits, - and _";

    // Of one feature.
    tenant_missing: "请选择商家", "Choose a business";
    role_missing: "请选择自定义角色", "Choose the business's own role";
    role_unexpected: "只有自定义角色才填写编号", "Only a role of the business's own has an id";
    company_missing: "企业客户请填写公司名称", "A company needs its name";
    choices_unexpected: "只有单选和多选才有选项", "Only a choice has things to choose from";
    choice_twice: "选项重复", "The choice occurs twice";
    secret_impossible: "只有单行文字可以设为敏感", "Only a text can be secret";
    unique_impossible: "这种字段不能要求唯一", "Such a field cannot be unique";
    range_reversed: "最大值不能小于最小值", "The greatest lies below the least";
    field_unknown: "没有这个自定义字段", "There is no such field";
    condition_circle: "条件互相依赖", "The conditions lead in a circle";
    next_contact_missing: "请选择下次联系时间", "Choose when to get in touch again";
    total_too_large: "订单总额超出上限", "The order's total is too large";
    shipment_incomplete: "发货请填写快递公司和运单号", "A shipment needs its carrier and tracking number";
    shipment_unexpected: "只有发货时才填写快递信息", "Carrier and tracking number belong to a shipment";
    correction_missing: "请写明哪里不对、应该是什么", "Say what is wrong and what is right";
    customer_unknown: "没有这位客户", "There is no such customer";
    selection_unclear: "请逐个选择客户，或给出一个筛选条件", "Choose customers one by one, or by a filter";
    bulk_field_unfit: "敏感或要求唯一的字段不能批量填写", "A secret or unique field is not for many at once";
    change_missing: "请至少选择一项修改", "Choose at least one thing to change";
    values_count: "值的个数不对", "The wrong number of values";
    filter_field_unknown: "不能按这个字段筛选", "One cannot filter by this field";
    filter_op_unfit: "这个字段不能这样筛选", "This field cannot be filtered in this way";
    range_invalid: "结束不能早于开始", "The end must not be before the beginning";
    limit_unclear: "请选择一位同事或一个团队", "A limit is of one colleague or of one team";
    view_unknown: "没有这个视图", "There is no such view";
    rule_personal: "规则不能按“我”或星标来定：每个人都不一样", "A rule cannot ask for whoever looks, or for stars";
    tags_exclusive: "同一分类只能选一个", "One of a category";
    views_too_many: "视图太多，请先删除不用的", "Too many views: delete some first";
    ground_missing: "拒绝时请选择法律允许的理由", "A refusal needs a reason that the law allows";
    ground_unexpected: "只有拒绝时才填写理由", "Only a refusal has a reason";
    file_empty: "文件里没有数据行", "The file has no rows";
    file_kind_unknown: "请上传 CSV 或 XLSX 文件（旧的 XLS 请在 Excel 里另存为 XLSX）", "Send a CSV or XLSX file (save an old XLS as XLSX)";
    file_broken: "文件已损坏，或不是有效的表格", "The file is broken, or no table";
    encoding_mixed: "第 {row} 行的文字编码与前面不同，请另存为 UTF-8 后再上传", "Row {row} is written in another encoding than those before it: save the file as UTF-8";
    line_too_long: "第 {row} 行太长，可能少了一个引号", "Row {row} is too long: a quote may be missing";
    columns_too_many: "最多 {max} 列", "At most {max} columns";
    archive_too_large: "文件解压后超过 {max} MB，没有继续读", "The file unfolds to more than {max} MB and was not read on";
    cell_too_long: "有一个单元格的内容超过 {max} MB", "A cell holds more than {max} MB";
    merged_too_many: "合并的单元格太多，请取消合并后再上传", "Too many merged cells: unmerge them";
    cell_error: "公式的结果是错误值", "The formula came to an error";
    cell_merged: "在合并的单元格里，内容不明确", "Part of a merged cell: it is not clear what is meant";
    number_lost: "号码变成了科学计数，后面的数字已丢失，请把这一列设为文本", "The number was lost to scientific notation: format the column as text";
    zero_lost: "号码开头的 0 丢失了，请把这一列设为文本", "The zero in front was lost: format the column as text";
    region_unknown: "认不出这个地区，请写全称，如“浙江省杭州市西湖区”", "No such region: write the whole name";
    owner_ambiguous: "有两位同事叫这个名字，请写手机号", "Two colleagues have this name: write the phone";
    author_unknown: "没有这位同事，这条跟进记在导入人名下", "No such colleague: the follow-up is under the name of whoever imported it";
    row_changed: "后来有人改过这位客户，没有撤回", "Somebody changed the customer since: it was not taken back";
    row_gone: "这位客户已经删除，或不归你负责了，没有撤回", "The customer is deleted or not yours any more: it was not taken back";
    row_bound: "恢复原样会和别的客户冲突（如电话已归别人），没有撤回", "What was there before is somebody else's by now (such as the phone): it was not taken back";
    row_repeated: "文件里前面的行已经是这位客户", "A row before this one is the same customer";
    key_missing: "缺少用来辨认客户的内容", "Nothing says which customer this is";
    key_unfit: "不能用这一项辨认客户", "Customers cannot be told apart by this";
    key_unmapped: "请指定哪一列用来辨认客户", "Say which column tells customers apart";
    column_unknown: "没有这一项", "There is no such field";
    column_twice: "同一列或同一项用了两次", "The column or the field is used twice";
    name_missing: "请指定哪一列是姓名", "Say which column is the name";
    transition_refused: "当前状态不能这样操作", "Not possible in the present state";
}
