//! What the server says about a request as a whole: the titles and details of Problems.

super::texts! {
    // 400, 413, 415, 422
    invalid: "请检查标出的内容", "Check the highlighted fields";
    query_invalid: "查询参数不正确", "The query is not valid";
    version_unreadable: "看不懂 If-Match 里的版本号", "The version in If-Match cannot be read";
    body_too_large: "请求内容过大，最多 {size}（{max} 字节）", "The request is too large: {size} ({max} bytes) at most";
    body_truncated: "请求内容不完整", "The request broke off";
    content_type_invalid: "请使用 application/json", "Use application/json";
    limit_invalid: "每页 1 到 100 条", "1 to 100 rows on a page";
    cursor_invalid: "翻页标记无效，请从第一页开始", "Not a cursor of this list: start at the first page";
    id_ahead: "编号中的时间超前，请检查手机时间", "The id lies in the future: check the device's clock";
    id_version: "编号应为 UUIDv7", "The id must be a UUIDv7";
    owner_unknown: "负责人不存在或已停用", "No such owner, or not at work now";
    tag_unknown: "标签不存在", "No such tag";
    role_unknown: "没有这个角色", "No such role";
    role_built_in: "系统自带的角色叫这个名字，请换一个", "A built-in role has this name: choose another one";
    team_unknown: "没有这个团队", "No such team";
    team_unseen: "这里有你看不到的同事，要由看得到的人来安排", "There are colleagues here whom you do not see: whoever does has to arrange this";
    team_circle: "团队不能放到自己或下级团队里", "A team cannot be below itself";
    rules_too_many: "规则太多，请先删除不用的", "Too many rules: delete some first";
    pools_too_many: "公海太多，请先合并不用的", "Too many pools: give some up first";
    pool_unknown: "没有这个公海", "No such pool";
    owner_limit: "每人最多负责 {max} 位客户，名额已满", "Looks after {max} customers already, which is the most";
    team_limit: "这个团队最多负责 {max} 位客户，名额已满", "The team looks after {max} customers already, which is the most";
    claims_spent: "每天最多领取 {max} 位，今天已领完", "At most {max} a day may be taken, and these were today's";
    reclaim_early: "退回后 {days} 天内不能再领取", "Days until whoever gave a customer up may take it again: {days}";
    phone_code_invalid: "手机号授权已失效，请再点一次", "The phone code is used or expired: press the button again";
    staff_unknown: "没有这位同事", "No such colleague";
    cannot_change_customers: "这位同事的角色不能修改客户", "This colleague's role may not change customers";
    rights_beyond_own: "不能给出超过自己的权限", "You cannot give away more than you have";
    network_invalid: "请填写网段，如 203.0.113.0/24", "A network looks like 203.0.113.0/24";
    field_fixed: "唯一和敏感只能在新建时决定", "Decided once, when the field is made";
    type_unknown: "没有这个客户类型", "No such type of customers";
    relation_self: "不能和自己建立关系", "Nobody knows themselves";
    tag_same: "不能合并到自己", "A tag cannot become itself";
    name_differs: "和这家店的名称不一样", "Not the name of this business";
    group_same: "不能合并到自己", "A group cannot be merged into itself";
    merge_self: "不能和自己合并", "A customer cannot be merged into themselves";
    group_unknown: "标签组不存在", "No such tag group";
    consent_outdated: "隐私保护指引已更新，请重新阅读后再同意", "The privacy policy has changed: read it again, then agree";
    happened_ahead: "还没有发生的事不能记成已发生", "This has not happened yet";
    due_past: "时间已经过去", "This time has passed";
    idempotency_reused: "同一个 Idempotency-Key 用于了不同的内容", "This Idempotency-Key was used for another request";
    idempotency_blank: "Idempotency-Key 不能为空", "The Idempotency-Key is empty";
    idempotency_invalid: "Idempotency-Key 最多 100 个 ASCII 字符", "An Idempotency-Key has at most 100 ASCII characters";

    // 401, 403
    unauthenticated: "请先登录", "Log in first";
    token_expired: "登录已过期", "The login has expired";
    login_refused: "账号或密码不正确", "Wrong name or password";
    refresh_invalid: "登录已失效，请重新登录", "The session has ended: log in again";
    wechat_code_invalid: "微信登录已过期，请重试", "The WeChat code is used or expired: try again";
    wiped: "这台设备上的资料已按要求清除", "This device was told to forget everything";
    second_factor_required: "请输入动态验证码", "Enter the code of your authenticator app";
    code_wrong: "验证码不正确或已过期", "The code is wrong or too old";
    password_wrong: "现在的密码不对", "The present password is wrong";
    challenge_invalid: "验证已过期，请重新开始", "The challenge is over: begin again";
    wechat_user_blocked: "微信拒绝了这次登录", "WeChat refused this login";
    forbidden: "没有这项权限", "You may not do this";
    pool_closed: "你不是这个公海的成员", "You are no member of this pool";
    row_read_only: "只能查看，不能修改", "You may look at this but not change it";
    field_masked: "你的角色看不到完整内容", "Your role does not see this whole";
    record_not_whole: "这份资料要完整，你的角色看不到其中一部分，请由老板导出", "This record must be whole, and your role does not see all of it: the boss exports it";
    colleague_above: "不能管理权限比你大的同事", "This colleague may do more than you";
    signup_closed: "这里由运营方开通商家", "Here the operator signs businesses up";
    no_business_left: "你已被停用，没有可以进入的商家", "You are suspended: there is no business left that you may work in";
    operators_only: "只有运营人员可以操作", "For operators of the installation only";
    side_wrong: "请切换到对应的身份", "Switch to the other side first";

    step_up_required: "这项操作需要再次验证身份", "Prove once more that it is you";
    totp_required: "请先设置动态验证码", "Set up an authenticator app first";
    login_stale: "请重新登录，然后在十分钟内设置", "Log in again, then set it up within ten minutes";
    address_blocked: "这个网络不能访问", "This network may not connect";
    address_not_allowed: "运营账号不能从这个网络登录", "Operators may not connect from this network";

    // 404, 405
    not_found: "找不到，或者不属于你", "Not found, or not yours";
    merged: "已合并到另一位客户", "Merged into another customer";
    method_not_allowed: "不支持这种请求方式", "Method not allowed";

    // 409, 428
    version_missing: "缺少 If-Match 版本号", "The If-Match version is missing";
    version_stale: "刚刚有人修改过，请核对后再保存", "Somebody changed it meanwhile: compare and save again";
    id_taken: "编号已被使用", "The id is taken";
    name_taken: "名称已存在", "The name is taken";
    relation_known: "这层关系已经记过了", "This is known already";
    value_taken: "已有客户填了相同的内容", "A customer with this value exists";
    phone_taken: "已有客户使用这个电话", "A customer with this phone exists";
    last_boss: "至少要保留一位能登录的老板", "The business needs a boss who can log in";
    own_rights: "不能停用或移除自己", "You cannot suspend or remove yourself";
    handover_running: "这位同事的交接还在进行", "A hand-over of this colleague is under way";
    orders_open: "还有 {count} 笔订单没有送达，删除后无法发货", "Orders that are still on their way, which nobody could send any more: {count}";
    still_in_charge: "名下还有客户或待办，请先交接", "Customers or tasks are still in their name: hand them over first";
    already_staff: "你已经是这家的员工", "You already work here";
    colleague_known: "已有同事使用这个电话", "A colleague has this phone";
    in_pool: "客户已经在公海里", "The customer is in the pool already";
    not_in_pool: "客户不在公海里", "The customer is in no pool";
    pool_closing: "这个公海正在合并到另一个", "The pool is being given up";
    bulk_ended: "操作已经结束", "It has ended already";
    import_started: "导入已经开始", "The import has started already";
    import_running: "还在导入，请先取消", "It is still running: cancel it first";
    import_ended: "导入已经结束", "The import has ended already";
    file_gone: "文件已过期，请重新上传或导出", "The file has gone: send or make it again";
    group_became_category: "这一组后来改成了“分类”：先关掉“分类”，再恢复", "The group became a category since: switch that off first, then restore";
    undo_too_late: "已不能撤销", "It cannot be undone any more";
    merged_on: "合并后的客户后来又合并到了别的客户，请先撤销那次合并", "Who stayed was merged into somebody else since: undo that merge first";
    undo_blocked: "电话或唯一内容已被别的客户使用，不能撤销", "Somebody else has the phone or a unique value by now";
    claimed: "客户刚刚被别人领走了", "Somebody else has just taken this customer";
    totp_enrolled: "已经设置过动态验证码", "An authenticator app is set up already";
    allow_excludes_caller: "这样会把你自己挡在外面", "This would lock you out yourself";
    method_unavailable: "现在不能用这种方式验证", "Not possible this way now";
    request_waiting: "同样的申请已提交，商家正在处理", "The business has this request already";
    request_answered: "这项申请已经处理过", "This request was answered already";
    group_overlaps: "有客户同时有这个分类下的几个标签，请先整理", "Some customers have several tags of this category: tidy them up first";
    rule_known: "这个标签已有规则", "The tag has a rule already";
    plan_known: "这个标签已有跟进流程", "The tag has a follow-up plan already";
    group_large: "这一组超过 200 个标签，请先删掉或合并一些", "The group has more than 200 tags: delete or merge some first";
    rule_circular: "规则绕回了自己：它会改变自己的条件", "The rule would change what it asks for";
    in_use: "仍在使用，不能删除", "Still in use";
    in_use_staff: "同事 {count} 位", "colleagues: {count}";
    in_use_invitations: "没有用过的邀请 {count} 份", "open invitations: {count}";
    in_use_teams: "下级团队 {count} 个", "teams below it: {count}";
    in_use_customers: "客户 {count} 位", "customers: {count}";
    in_use_tags: "标签 {count} 个", "tags: {count}";
    in_use_fields: "看它决定要不要填的字段 {count} 个", "fields that are asked for by it: {count}";
    in_progress: "正在处理，请稍候", "Being processed";

    sms_failed: "短信没有发出，请稍后再试", "The message could not be sent: try again later";

    // 429, 5xx
    too_many_requests: "操作太频繁，请稍后再试", "Too many attempts: wait a while";
    upstream_failed: "微信暂时没有响应，请稍后再试", "WeChat does not answer: try again later";
    wechat_unconfigured: "还没有配置小程序的 AppID", "No AppID is configured";
    internal: "服务器出错了，请稍后再试", "Something broke on our side";
    unavailable: "服务暂时不可用", "Temporarily unavailable";

    // Why somebody sees a row (GET /permissions/explain)
    explain_suspended: "已停用，什么都看不到", "Suspended: sees nothing";
    explain_not_joined: "还没有加入，什么都看不到", "Has not joined: sees nothing";
    explain_not_permitted: "角色没有查看的权限", "The role may not see this kind of thing";
    explain_read_only: "角色只能查看，不能修改", "The role may see but not change this kind of thing";
    explain_reach_all: "角色可以看到全部", "The role sees all of them";
    explain_owner: "是客户的负责人", "Looks after the customer";
    explain_team: "客户的负责人在其团队或下级团队", "The customer's owner is in their team or below";
    explain_helper_read: "是客户的协作人，可查看", "Helps with the customer, to read";
    explain_helper_edit: "是客户的协作人，可编辑", "Helps with the customer, and may change it";
    explain_pool: "客户在公海，角色可以看公海", "The customer is in the pool, which the role sees";
    explain_pool_closed: "客户在公海，角色看不到公海", "The customer is in the pool, which the role does not see";
    explain_assignee: "待办由其负责", "The task is theirs";
    explain_team_assignee: "待办由其团队的人负责", "The task is of somebody in their team";
    explain_customer_gone: "客户已删除", "The customer was deleted";
    explain_not_theirs: "不是该同事的客户，不在其团队，也没有邀请其协作", "Not their customer, not their team's, and nobody asked them to help";
}
