// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file
// one thing: the catalogue's table.
//
// Made by scripts/generate-catalogue from Protocol/catalogue/grid-1.json. Change that document, not
// this file.

extension Catalogue {
    /// The notation of the Onegrid catalogue, edition 1: a head and one text a collection.
    static let gridNotation: [String] = [
        "edition 1\n",
        divisionsNotation,
        gridsNotation,
        householdUnitsNotation,
        staffNotation,
        appointmentsNotation,
        partyGroupsNotation,
        householdsNotation,
        residentsNotation,
        careRecordsNotation,
        housesNotation,
        organizationsNotation,
        placesNotation,
        mattersNotation,
        whistlesNotation,
        disputesNotation,
        sweepsNotation,
        patrolsNotation,
        visitsNotation,
        hazardsNotation,
        pointsRulesNotation,
        pointsEntriesNotation,
        responsibilityItemsNotation,
        admissionRequestsNotation,
        dutiesTenNotation,
        assessmentsNotation,
        trainingsNotation,
        fundEntriesNotation,
        collectiveIncomeNotation,
        projectsNotation,
        industriesNotation,
        noticesNotation,
        conventionNotation,
        deliberationsNotation,
        volunteerTeamsNotation,
        commendationsNotation,
        reportRunsNotation,
        attachmentsNotation,
        nodesNotation,
        tasksNotation,
    ]
}

private let divisionsNotation = #"""
collection 16|divisions|行政区划|routine|code
1|code|区划代码|area(county,township,village)|fixed|R|P0|inside_area|12 digits; prefix of an existing parent
2|name|名称|text(2..40)|register shown county|R|P0||not unique across townships
3|level|级别|enum(county:县,township:镇,village:村)|fixed|R|P0
4|parent_code|上级代码|area(county,township,village)|register shown county|R|P0||exists
5|urban_rural|城乡分类|enum(111:主城区,112:城乡结合区,121:镇中心区,122:镇乡结合区,123:特殊区域,210:乡中心区,220:村庄)|register shown county|O|P0||villages only
6|valid_from|启用日期|date|register shown county|R|P0
7|valid_to|停用日期|date|register shown county|O|P0|at_least valid_from|>= valid_from
8|successor_codes|变更后代码|set(area(county,township,village))|register shown county|O|P0||set when split or merged

"""#

private let gridsNotation = #"""
collection 17|grids|网格|routine
1|grid_code|网格编码|area(grid)|register shown township|R|P0|inside_area; dedicated_grid kind|prefix = village code; unique; never reused
2|name|网格名称|text(1..40)|register quiet|R|P0
3|kind|类型|enum(rural:农村,urban:城镇,dedicated:专属)|register shown township|R|P0||900-999 only for dedicated
4|boundary_note|范围描述|longtext(500)|register quiet|O|P0|no_personal_numbers
5|boundary|边界|list(point)|register shown township|O|P1|closed_ring|closed ring
6|household_limit|户数上限|integer|register shown township|R|P0|range 1..; usual 1..500|default 150 rural, 500 urban; warn only
7|party_group_id|党小组|ref(party_groups)|register quiet|O|P0
8|member_ids|网格力量|set(ref(staff))|set|O|P1
9|code_history|曾用编码|area(grid)|timeline|O|P0
10|status|状态|enum(active:启用,merged:已并入,closed:已撤销)|register shown township|R|P0
11|household_count|户数|integer|derived|-|P0
12|unit_count|联户数|integer|derived|-|P0
13|key_household_count|建档立卡户数|integer|derived|-|P1||print <5 outside township

"""#

private let householdUnitsNotation = #"""
collection 18|household_units|联户单元|routine
1|unit_code|联户编码|area(unit)|register shown township|R|P0|inside_area|prefix = grid code
2|group_no|组|text(0..20)|register quiet|O|P0
3|name|联户名称|text(2..20)|register quiet|O|P0
4|head_id|联户长|ref(staff)|register shown|R|P1||live staff with role 联户长 or 楼栋长
5|household_ids|户|set(ref(households))|set|R|P1|usual_count 10..20|warn outside 10..20; a household in two units is flagged
6|tie|纽带|enum(place:地缘,kin:人际,building:楼栋)|register quiet|O|P0
7|status|状态|enum(active:启用,closed:已撤销)|register shown township|R|P0
8|head_log|联户长任免|struct(action 动作!:enum(propose:提名,elect:推选,serve:履职,assess:考核,remove:退出,comment:记录,correct:更正),who 人选:ref(staff),at 时间:time,by 经手人:ref(staff),role 角色:text(1..20),reason 理由:text(1..200),note 说明:longtext(500),of 更正对象:text(1..40),annul 作废:boolean)|timeline|O|P1|not_future|proposed, elected, serving, assessed, removed

"""#

private let staffNotation = #"""
collection 19|staff|治理力量|routine
1|name|姓名|text(2..20)|register shown|R|P2
2|id_no|身份证号|id18|register shown|C full_time=true or roles~联户长|P3||required for full-time members and unit heads; check digit
3|phone|联系电话|phone|register shown|R|P2||mobile or landline pattern
4|roles|角色|set(open(网格长,副网格长,网格员,专职网格员,联户长,楼栋长,联村县领导,挂村领导,驻村干部,第一书记,人民调解员,辅警,法治带头人,法律明白人,三官三师,执法人员,乡贤,志愿者,计生信息员))|set|R|P1||from the role table
5|scopes|服务范围|set(area(county,township,village,grid))|set|R|P0||exists
6|employer|单位|text(0..60)|register quiet|O|P1
7|full_time|专职|boolean|register shown township|R|P0
8|party_member|党员|boolean|register quiet|O|P2
9|checked_in_on|报到日期|date|register quiet|O|P1
10|term_from|任期起|date|register quiet|R|P0
11|term_to|任期止|date|register quiet|O|P0|at_least term_from|>= term_from
12|status|状态|enum(active:在任,paused:暂停,left:离任)|register shown township|R|P1

"""#

private let appointmentsNotation = #"""
collection 20|appointments|任职与交叉任职|routine
1|staff_id|人员|ref(staff)|fixed|R|P1
2|org_kind|组织类别|enum(两委,村务监督,合作社,协会,物业,业委会,两代表一委员,协管员,其他)|fixed|R|P0
3|org_name|组织名称|text(1..60)|register quiet|R|P0
4|position|职务|text(1..40)|register quiet|R|P0
5|procedure|法定程序|enum(election:选举,appointment:聘任,recommendation:推荐)|register quiet|R|P0
6|from_on|起|date|register quiet|R|P0
7|to_on|止|date|register quiet|O|P0|at_least from_on|>= from_on
8|is_cross|是否交叉任职|boolean|derived|-|P0||two live appointments of different org_kind

"""#

private let partyGroupsNotation = #"""
collection 21|party_groups|党小组(党支部)|routine
1|name|名称|text(1..40)|register quiet|R|P0
2|mode|组建方式|enum(alone:单独组建,assigned_members:派驻党员组建,joint_grids:联合相邻网格组建)|register shown township|R|P0
3|grid_codes|覆盖网格|set(area(grid))|set|R|P0|min_count 2 when mode=joint_grids|>=2 when joint_grids
4|leader_id|负责人|ref(staff)|register quiet|R|P1
5|member_count|党员数|integer|register quiet|O|P1|range 0..|>=0

"""#

private let householdsNotation = #"""
collection 22|households|户|routine
1|household_no|户号|text(1..20)|register shown|R|P2||unique in the village; clash is flagged, not refused
2|plate_no|户牌号|text(0..20)|register shown village|O|P2||one per household
3|unit_id|所属联户|ref(household_units)|register quiet|O|P1||inside grid_code
4|grid_code|所属网格|area(grid)|register quiet|R|P1|inside_area|exists
5|head_resident_id|户主|ref(residents)|register shown|R|P2||is a member
6|member_ids|成员|set(ref(residents))|set|R|P2
7|address|住址|text(1..100)|register shown|R|P2
8|household_class|户类型|set(enum(一般,脱贫,监测,低保,特困,搬迁))|set|O|P3||each value carries its issuer
9|monitor_kind|监测类型|enum(脱贫不稳定,边缘易致贫,突发严重困难)|register quiet|C household_class~监测|P3||required when 监测
10|risk_found_on|风险识别日期|date|register quiet|C household_class~监测|P3
11|risk_cleared_on|风险消除日期|date|register quiet|O|P3|at_least risk_found_on|>= risk_found_on
12|contact_phone|联系电话|phone|register shown|O|P2
13|remote_contact|外出联系人|text(0..60)|register quiet|O|P2
14|live_status|居住状态|enum(resident:常住,empty:空户,seasonal:季节性居住)|register quiet|O|P2
15|last_verified_at|最近核实|time|derived|-|P1||from visits

"""#

private let residentsNotation = #"""
collection 23|residents|实有人口|routine
1|name|姓名|text(2..20)|register shown|R|P2
2|id_no|身份证号|id18|register shown|C registration!=unregistered|P3||GB 11643; absent allowed for unregistered; sealed; keyed hash for lookup
3|sex|性别|enum(M:男,F:女)|register shown|R|P2|agrees_with_id id_no|agrees with id_no
4|birth_date|出生日期|date|register shown|R|P2|not_future; agrees_with_id id_no|agrees with id_no; <= today
5|nation|民族|open(汉族,蒙古族,回族,藏族,维吾尔族,苗族,彝族,壮族,布依族,朝鲜族,满族,侗族,瑶族,白族,土家族,哈尼族,哈萨克族,傣族,黎族,傈僳族,佤族,畲族,高山族,拉祜族,水族,东乡族,纳西族,景颇族,柯尔克孜族,土族,达斡尔族,仫佬族,羌族,布朗族,撒拉族,毛南族,仡佬族,锡伯族,阿昌族,普米族,塔吉克族,怒族,乌孜别克族,俄罗斯族,鄂温克族,德昂族,保安族,裕固族,京族,塔塔尔族,独龙族,鄂伦春族,赫哲族,门巴族,珞巴族,基诺族)|register quiet|O|P2
6|household_id|所属户|ref(households)|register shown|R|P2
7|kin_to_head|与户主关系|open(户主,配偶,子,女,儿媳,女婿,孙子,孙女,外孙子,外孙女,父亲,母亲,公公,婆婆,岳父,岳母,祖父,祖母,兄弟姐妹,其他亲属,非亲属)|register quiet|R|P2||one head per household
8|registration|户籍类别|enum(local:户籍,floating:流动,unregistered:未落户,overseas:境外)|register quiet|R|P2
9|residence_status|人户状态|enum(人户同在,户在人不在,人在户不在)|register shown|R|P2
10|away_reason|外出原因|enum(务工,就学,经商,探亲,其他)|register quiet|C residence_status=户在人不在|P3||required when away
11|away_since|外出时间|date|register quiet|C residence_status=户在人不在|P3
12|away_to|外出去向|text(0..60)|register quiet|O|P3||province and county are enough
13|phone|手机|phone|register shown|O|P2
14|education|文化程度|open(研究生,大学本科,大学专科,中等职业,普通高中,初中,小学,学前,文盲或半文盲)|register quiet|O|P2
15|occupation|职业|open(务农,务工,经商,公职人员,企业职工,个体,学生,离退休,无业,其他)|register quiet|O|P2
16|marital|婚姻状况|open(未婚,已婚,丧偶,离婚)|register quiet|O|P2
17|labels|关爱标签|set(struct(label 标签!:open(60岁以上,80岁以上,留守儿童,留守老人,留守妇女,残疾,低保,特困,孕产,退役军人,失业,党员,志愿者),issuer 认定单位:text(1..60),certificate_no 证号:text(1..40),since 起:date,until 止:date))|set|O|P3||payload: issuer, certificate no, since, until
18|under_14|未满14岁|boolean|derived|-|P3||raises the whole record to P3
19|alive|健在|struct(alive 健在!:boolean,since 日期:date)|register shown|R|P2||never resolved by time alone
20|note|备注|longtext(500)|register quiet|O|P2|advise_personal_numbers|scanned for ID numbers and phones

"""#

private let careRecordsNotation = #"""
collection 24|care_records|特殊人群服务管理|routine
1|person_id|人员|ref(residents)|fixed|R|P4
2|category|类别|enum(社区矫正,刑满释放,戒毒康复,严重精神障碍,重点青少年)|fixed|R|P4
3|lead_department|牵头部门|party|register shown|R|P4
4|concern_level|关注程度|enum(low:低,mid:中,high:高)|register shown|R|P4
5|readers|可见设备|set(bytes(32))|register shown|R|P4|min_count 1|not empty
6|plan|服务计划|struct(on 日期:date,by 经手人:ref(staff),text 内容!:longtext(500))|timeline|O|P4|not_future
7|visit_log|走访记录|struct(at 时间:time,by 经手人:ref(staff),text 内容!:longtext(500))|timeline|O|P4|not_future
8|valid_from|起|date|register shown|R|P4
9|valid_to|止|date|register shown|O|P4||expired records are purged
10|reader_keys|可见设备的密钥|bytes(49..145)|timeline|O|P4||written by the node, see Protocol/readers.md

"""#

private let housesNotation = #"""
collection 25|houses|实有房屋|routine
1|address|房屋地址|text(1..100)|register shown|R|P2
2|grid_code|所属网格|area(grid)|register quiet|R|P1|inside_area
3|household_ids|使用户|set(ref(households))|set|O|P2
4|owner_name|产权人|text(0..40)|register quiet|O|P2
5|structure|房屋结构|enum(土木,砖木,砖混,钢混,其他)|register quiet|O|P1
6|floors|层数|integer|register quiet|O|P1|range 1..60|1..60
7|area_m2|建筑面积|decimal|register quiet|O|P1|above 0|>0
8|built_year|建成年份|integer|register quiet|O|P1|year 1900..|1900..this year
9|safety_level|住房等级|enum(A,B,C,D)|register shown|R|P1||village and housing department both rate
10|is_rental|是否出租|boolean|register quiet|R|P2
11|rental_use|出租用途|open(居住,经营,仓储,加工,混合,其他)|register quiet|C is_rental=true|P2||required when rental
12|hazard_ids|隐患|set(ref(hazards))|set|O|P1
13|point|坐标|point|register quiet|O|P2|box 3,73..54,136|inside the county box

"""#

private let organizationsNotation = #"""
collection 26|organizations|两新组织与村级组织|routine
1|name|名称|text(1..60)|register quiet|R|P0
2|kind|类别|enum(非公经济组织,社会组织,合作社,协会,志愿队伍,自治组织)|fixed|R|P0
3|credit_code|统一社会信用代码|uscc18|register shown|O|P0||check character mod 31
4|grid_code|所属网格|area(grid)|register quiet|R|P0|inside_area
5|head_name|负责人|text(2..20)|register shown|R|P2
6|head_phone|负责人电话|phone|register shown|O|P2
7|staff_count|从业人数|integer|register quiet|O|P1|range 0..|>=0
8|party_member_count|党员数|integer|register quiet|O|P1|range 0..; at_most staff_count|<= staff_count
9|has_party_org|有党组织|boolean|register quiet|O|P1
10|has_union|有工会|boolean|register quiet|O|P1
11|valid_from|有效期起|date|register quiet|O|P0
12|valid_to|有效期止|date|register quiet|O|P0|at_least valid_from|>= valid_from

"""#

private let placesNotation = #"""
collection 27|places|重点场所|routine
1|name|名称|text(1..60)|register quiet|R|P0
2|kind|类别|enum(学校,医院,集市,加油站,客运,娱乐,宗教活动场所,水库,地灾点,企业,其他)|register quiet|R|P0
3|grid_code|所属网格|area(grid)|register quiet|R|P0|inside_area
4|responsible_id|责任人|ref(staff)|register shown|R|P1
5|phone|联系电话|phone|register shown|R|P2
6|check_cycle_days|检查周期(天)|integer|register shown township|R|P1|range 1..365|1..365
7|hazard_ids|隐患|set(ref(hazards))|set|O|P1
8|point|坐标|point|register quiet|O|P1|box 3,73..54,136
9|last_checked_at|最近检查|time|derived|-|P1||from patrols

"""#

private let mattersNotation = #"""
collection 28|matters|事项|urgent
1|matter_no|事项编号|text(1..40)|fixed|R|P1||village code + yyyymmdd + 4 chars of id; made offline
2|title|标题|text(1..60)|register shown|R|P2
3|content|内容|longtext(2000)|register shown|R|P2
4|category|类别|open(民生服务,民生服务/教育,民生服务/社保,民生服务/就业,民生服务/医疗,民生服务/住房,民生服务/交通,民生服务/证件,民生服务/企业,民生服务/资质,民生服务/纳税,民生服务/婚育,民生服务/公共事业,矛盾劝解,参与治安防控,参与特殊人群服务管理,社情民意收集,政策法规宣传,突发事件报告,其它)|register shown|R|P0||two levels
5|three_way|三事分流|enum(public:公家事,collective:大家事,own:自家事)|register shown|R|P0
6|responsibility_code|权责清单项|ref(responsibility_items)|register shown|C three_way=public|P0||required when public
7|source|来源|enum(巡查,走访,联户长,来访,电话,微信,上级交办,部门转办,12345,吹哨,纸质台账)|fixed|R|P0
8|anonymous|匿名|boolean|fixed|R|P1
9|reporter_name|反映人|text(2..20)|register shown|C anonymous!=true|P2|empty_when anonymous=true|empty when anonymous
10|reporter_phone|反映人电话|phone|register shown|C anonymous!=true and source=电话 or anonymous!=true and source=12345|P2|empty_when anonymous=true|empty when anonymous
11|subject_household_id|涉及户|ref(households)|register quiet|O|P2
12|grid_code|发生网格|area(grid)|register quiet|R|P1|inside_area
13|place|地点|text(1..100)|register quiet|R|P1
14|point|坐标|point|register quiet|O|P2|box 3,73..54,136
15|occurred_at|发生时间|time|register shown|R|P1|not_future|<= created_at + 1 day
16|urgency|紧急程度|enum(normal:一般,urgent:紧急,emergency:突发应急)|register shown|R|P0
17|events|办理过程|struct(action 动作!:enum(triage:分流,accept:受理,refuse:不予受理,dispatch:派单,take:接单,return:退回,handle:办理,request_extension:申请延期,extend:同意延期,suspend:挂起,resume:恢复办理,escalate:上报,whistle:吹哨,complete:办结,verify:验证结案,reopen:重新办理,publish:晒单,withdraw:撤回,merge:并案,archive:归档,comment:办理记录,supervise:督办,urge:催办,instruct:批示,notify:抄告,revisit:回访,correct:更正),at 时间:time,by 经手人:ref(staff),role 角色:text(1..20),to 承办:party,until 期限:time,result 结果:longtext(500),reason 理由:text(1..200),score 评分:integer,card 牌色:enum(normal:普通,yellow:黄牌,red:红牌),note 说明:longtext(500),of 更正对象:text(1..40),annul 作废:boolean)|timeline|R|P2|not_future|action in the action table; actor role allowed
18|attachments|附件|set(attachment(2097152))|set|O|P2||<= 2 MiB each
19|duplicates|重复事项|set(ref(matters))|set|O|P1||not itself
20|publish|晒单|enum(no:不公开,summary:摘要,full:全文)|register shown township|R|P0||full needs consent of the reporter
21|status|状态|enum(registered:已登记,triaged:已分流,accepted:已受理,dispatched:已派单,taken:已接单,handling:办理中,escalated:已上报,whistled:已吹哨,suspended:挂起,completed:已办结（待验证）,verified:已结案,published:已晒单,refused:不予受理,withdrawn:撤回,merged:并案,archived:归档)|derived|-|P0||fold of events
22|accepted_at|受理时间|time|derived|-|P0
23|completed_at|办结时间|time|derived|-|P0
24|verified_at|结案时间|time|derived|-|P0
25|due_at|办理时限|time|derived|-|P0||working-day calendar
26|light|灯色|enum(normal:正常,near:临期,yellow:黄灯,red:红灯)|derived|-|P0

"""#

private let whistlesNotation = #"""
collection 29|whistles|吹哨|urgent
1|matter_id|事项|ref(matters)|fixed|R|P1
2|whistle_class|哨类|enum(push:工作推进,hard:攻坚克难,emergency:应急)|fixed|R|P0
3|blown_by|吹哨人|ref(staff)|fixed|R|P1||role township leader
4|departments|报到部门|set(party)|set|R|P0|min_count 1|not empty
5|steps|八步过程|struct(step 步骤!:enum(source_formed:哨源形成,assessed:分析研判,whistled:街道吹哨,platform_accepted:平台受理,contacted:部门联系,reported:部门报到,evaluated:评价监督,fed_back:结果反馈,applied:结果应用,returned:退回,reopened:重新报到,handled_by_village:转村办理,result:办理结果),at 时间:time,by 经手人:ref(staff),department 部门:party,note 说明:longtext(500))|timeline|R|P1|not_future|step order table
6|scores|评价|struct(evaluator 评价人!:party,role 身份:enum(township:镇,grid_member:网格员,reporter:反映人),department 部门:party,score 评分!:integer,at 时间:time,note 说明:longtext(500))|timeline|O|P1|not_future|one per evaluator
7|result_use|结果应用|enum(commend:通报表扬,talk:约谈,assess:计入考核,none:无)|register shown township|O|P0
8|sign_due_at|签收时限|time|derived|-|P0||default 1 h
9|report_due_at|报到时限|time|derived|-|P0||default 3 or 5 working days

"""#

private let disputesNotation = #"""
collection 30|disputes|矛盾纠纷|urgent
1|dispute_no|编号|text(1..40)|fixed|R|P1||as matter_no
2|category|类别|open(邻里,婚姻家庭,损害赔偿,房屋宅基地,村务管理,其他,民族宗教,军转与退伍安置,征地拆迁安置,建筑工程与物业,土地矿产山林水利权属,经济活动,劳资,企业改制,环境污染,司法活动,行政执法,院校,海事渔事,干部作风,土地承包与“三资”与农民负担,婚姻家庭邻里,医患)|register shown|R|P0
3|parties|当事人|set(struct(name 姓名!:text(1..40),role 身份:text(1..20),resident_id 人员:ref(residents),phone 电话:phone))|set|R|P3|min_count 2|>= 2
4|people_count|涉及人数|integer|register shown|R|P1|range 1..|>= 1; bands 50,100,500
5|amount_fen|涉及金额|integer|register shown|O|P2|range 0..|>= 0
6|found_by|排查人|ref(staff)|fixed|R|P1
7|found_on|排查日期|date|fixed|R|P1|not_future|<= today
8|sweep_id|集中排查|ref(sweeps)|fixed|O|P0
9|risk_level|风险等级|enum(low:低,mid:中,high:高,major:重大)|register shown|R|P1||highest shown value alerts
10|intensity|激烈程度|enum(low:低,mid:中,high:高)|register shown|O|P1
11|facts|基本情况|longtext(2000)|register shown|R|P3
12|mediators|调解员|set(ref(staff))|set|O|P1
13|events|调处过程|struct(action 动作!:enum(register:登记,dismiss:非纠纷,assign:指派,return:退回,mediate:调解,succeed:化解成功,partial:部分化解,fail:调解不成,escalate:上报,refer:移送,revisit:回访,relapse:反复,close:归档,comment:记录,correct:更正),at 时间:time,by 经手人:ref(staff),to 承办:party,until 期限:time,reason 理由:text(1..200),note 说明:longtext(500),of 更正对象:text(1..40),annul 作废:boolean)|timeline|R|P3|not_future
14|agreement_kind|协议形式|enum(oral:口头,written:书面,court_confirmed:司法确认)|register quiet|O|P1
15|agreement_doc|协议书|attachment(2097152)|register quiet|O|P3
16|outcome|化解结果|enum(open:未结,success:化解成功,partial:部分化解,failed:调解不成)|derived|-|P1
17|next_revisit_on|回访日期|date|derived|-|P1

"""#

private let sweepsNotation = #"""
collection 31|sweeps|集中排查|routine
1|name|名称|text(1..40)|register shown township|R|P0
2|from_on|起|date|register shown township|R|P0
3|to_on|止|date|register shown township|R|P0|at_least from_on|>= from_on
4|villages_done|已完成村|set(area(village))|set|O|P0|inside_area|zero-report counts as done

"""#

private let patrolsNotation = #"""
collection 32|patrols|巡查|routine
1|member_id|巡查人|ref(staff)|fixed|R|P1
2|grid_code|网格|area(grid)|fixed|R|P1|inside_area
3|started_at|开始|time|fixed|R|P1
4|ended_at|结束|time|fixed|R|P1|at_least started_at; within_hours 24 started_at|>= started_at; <= 24 h
5|place_ids|巡查场所|set(ref(places))|set|O|P1
6|findings|发现|set(ref)|set|O|P1
7|note|说明|longtext(500)|register quiet|O|P1
8|patrol_no|巡查编号|text(1..40)|fixed|O|P1||as matter_no

"""#

private let visitsNotation = #"""
collection 33|visits|走访|routine
1|visitor_id|走访人|ref(staff)|fixed|R|P1
2|household_id|走访户|ref(households)|fixed|C resident_id absent|P2||household or resident
3|resident_id|走访人员|ref(residents)|fixed|C household_id absent|P2
4|visited_at|走访时间|time|fixed|R|P2||any hour of the day is valid
5|form|形式|enum(home:上门,phone:电话,video:视频,met:偶遇)|fixed|R|P1
6|purpose|目的|set(open(信息核实,政策宣传,矛盾排查,安全检查,关爱帮扶,防返贫监测,收集诉求,其他))|fixed|R|P1||one visit may serve several departments
7|confirmed_fields|核实不变项|set(text(1..80))|set|O|P1
8|needs|诉求|set(ref(matters))|set|O|P2
9|note|情况|longtext(500)|register quiet|O|P2

"""#

private let hazardsNotation = #"""
collection 34|hazards|隐患|urgent
1|kind|类别|enum(消防,地灾,房屋,道路,用电,水域,森林防火,食品,其他)|register quiet|R|P0
2|place_id|场所|ref(places)|fixed|O|P0
3|grid_code|网格|area(grid)|fixed|R|P0|inside_area
4|level|等级|enum(normal:一般,greater:较大,major:重大)|register shown|R|P0||major raises a whistle
5|found_at|发现时间|time|fixed|R|P0
6|measures|整改过程|struct(action 动作!:enum(assign:指派,fix:整改,clear:消除,recheck:复查,reopen:重新整改,comment:记录,correct:更正),at 时间:time,by 经手人:ref(staff),until 期限:time,note 说明:longtext(500),of 更正对象:text(1..40),annul 作废:boolean)|timeline|O|P1|not_future
7|due_on|整改期限|date|register shown township|O|P0|at_least found_at|>= found_at
8|photos|照片|set(attachment(2097152))|set|O|P1
9|cleared_at|消除时间|time|derived|-|P0

"""#

private let pointsRulesNotation = #"""
collection 35|points_rules|积分规则|routine|rule_code
1|rule_code|规则号|text(1..40)|fixed|R|P0
2|title|事项|text(1..40)|register shown village|R|P0
3|score|分值|integer|register shown village|R|P0|range -100..100; nonzero|-100..100, not 0
4|scope|对象|enum(party_member:党员,household:家庭户,unit_head:联户长)|register shown village|R|P0
5|yearly_cap|年上限|integer|register shown village|O|P0|range 0..|>= 0
6|valid_from|起|date|register shown village|R|P0
7|valid_to|止|date|register shown village|O|P0

"""#

private let pointsEntriesNotation = #"""
collection 36|points_entries|积分台账|routine
1|kind|类别|enum(score:计分,approve:通过,reject:拒绝,revoke:撤销,redeem:兑换,yearly_reset:年度清零)|fixed|R|P1
2|account|对象|ref|fixed|C kind=score or kind=redeem|P2||for score and redeem
3|target|目标条目|ref(points_entries)|fixed|C kind=approve or kind=reject or kind=revoke|P1||for approve, reject, revoke
4|rule_code|规则|ref(points_rules)|fixed|C kind=score|P0||for score; live on happened_on
5|delta|分值|integer|fixed|C kind=score or kind=redeem|P2||equals the rule, or within it
6|happened_on|发生日期|date|fixed|R|P2
7|year|年度|integer|fixed|R|P0
8|evidence|佐证|set(attachment(2097152))|set|O|P2||optional, never forced
9|signed_by|经手人|ref(staff)|fixed|R|P1||reviewer differs from submitter
10|balance|余额|integer|derived|-|P2||may go below zero: shown

"""#

private let responsibilityItemsNotation = #"""
collection 37|responsibility_items|权责清单|routine|item_code
1|item_code|事项编码|text(1..40)|fixed|R|P0
2|title|事项|text(1..100)|register shown county|R|P0
3|level|层级|enum(county:县,township:镇,village:村)|register shown county|R|P0
4|lead_department|牵头部门|party|register shown county|R|P0
5|assist_departments|配合部门|set(party)|register shown county|O|P0
6|village_duty|村级职责|longtext(500)|register shown county|O|P0|no_personal_numbers
7|legal_basis|依据|longtext(500)|register shown county|O|P0|no_personal_numbers
8|three_way|三事类别|enum(public:公家事,collective:大家事,own:自家事)|register shown county|R|P0
9|accept_days|受理时限|integer|register shown county|R|P0|range 1..99|1..99 working days
10|handle_days|办理时限|integer|register shown county|R|P0|range 1..99; at_least accept_days|>= accept_days
11|edition|版本|integer|register shown county|R|P0||all items of an edition are signed together

"""#

private let admissionRequestsNotation = #"""
collection 38|admission_requests|网格员职责准入|routine
1|request_no|申请号|text(1..40)|fixed|R|P0
2|proposer|提出单位|party|fixed|R|P0||county department or township
3|duty|事项|text(1..100)|fixed|R|P0
4|reason|理由|longtext(1000)|fixed|R|P0|no_personal_numbers
5|hours_per_week|预计每周工时|decimal|fixed|R|P0|above 0|> 0
6|fields_asked|需采集字段|set(text(1..80))|fixed|O|P0
7|fields_held|已有字段|set(text(1..80))|derived|-|P0
8|opinions|会商意见|struct(department 单位!:party,opinion 意见!:enum(agree:同意,object:不同意,amend:修改后同意),at 时间:time,note 说明:longtext(500))|timeline|O|P1|not_future
9|decision|决定|enum(pending:待定,admit:准入,trial:试行,refuse:退回)|register shown county|R|P0
10|valid_to|退出日期|date|register shown county|C decision=trial|P0||required for trial

"""#

private let dutiesTenNotation = #"""
collection 39|duties_ten|十联职责|routine|no
1|no|序号|integer|fixed|R|P0|range 1..10|1..10
2|title|职责|text(1..20)|register shown township|R|P0
3|text|说明|longtext(200)|register shown township|O|P0|no_personal_numbers

"""#

private let assessmentsNotation = #"""
collection 40|assessments|考核|routine
1|subject_id|对象|ref(staff)|fixed|R|P2
2|period|周期|text(1..40)|fixed|R|P1|period|month or year
3|items|加减分项|struct(delta 分值!:integer,reason 理由!:text(1..200),at 时间:time,by 经手人:ref(staff))|timeline ledger|R|P2|not_future|reason required
4|result|结果|enum(excellent:优秀,pass:合格,fail:不合格)|register shown township|O|P2
5|action|奖惩|enum(reward:奖励,none:无,warn:提醒,remove:退出)|register shown township|O|P2
6|appeal|申诉|struct(action 动作!:enum(appeal:申诉,answer:答复),at 时间:time,by 经手人:ref(staff),text 内容!:longtext(500))|timeline|O|P2|not_future

"""#

private let trainingsNotation = #"""
collection 41|trainings|培训|routine
1|topic|主题|text(1..60)|register quiet|R|P0
2|batch_kind|方式|enum(业务培训,跟岗锻炼,结对帮扶,典型选树)|register quiet|R|P0
3|organizer|主办|enum(county_school:县党校,township_school:镇党校,department:部门,village:村)|fixed|R|P0
4|from_on|起|date|register quiet|R|P0
5|to_on|止|date|register quiet|R|P0|at_least from_on|>= from_on
6|hours|学时|decimal|register quiet|O|P0|above 0|> 0
7|attendance|参训人员|set(ref(staff))|set|R|P1||person-times = size

"""#

private let fundEntriesNotation = #"""
collection 42|fund_entries|资金台账|routine
1|account|科目|enum(治理专项,办公运转,服务群众)|fixed|R|P0
2|direction|收支|enum(in:收入,out:支出)|fixed|R|P0
3|amount_fen|金额(分)|integer|fixed|R|P0|above 0|> 0
4|date|日期|date|fixed|R|P0
5|purpose|用途|text(1..100)|fixed|R|P0
6|payee|对方|text(0..60)|fixed|O|P1
7|vouchers|凭证|set(attachment(2097152))|set|O|P1
8|approvals|审批|struct(by 审批人!:ref(staff),decision 决定!:enum(approve:同意,reject:不同意),at 时间:time,note 说明:longtext(500))|timeline|R|P1|not_future|two different persons
9|reverses|冲正条目|ref(fund_entries)|fixed|O|P0

"""#

private let collectiveIncomeNotation = #"""
collection 43|collective_income|村集体收入|routine
1|year|年度|integer|fixed|R|P0
2|month|月份|integer|fixed|R|P0|range 1..12|1..12
3|source|来源|enum(经营收入,发包及上交收入,投资收益,补助收入,其他收入)|fixed|R|P0
4|amount_fen|金额(分)|integer|fixed|R|P0|nonzero|not 0; negative only as reversal
5|counterparty|对方|text(0..60)|fixed|O|P1
6|contract_ref|合同|text(0..40)|fixed|O|P1
7|note|说明|text(0..100)|fixed|O|P1
8|check|镇级核对|enum(pending:待核对,ok:无误,query:有疑问)|register shown township|R|P1||township

"""#

private let projectsNotation = #"""
collection 44|projects|项目|routine
1|name|名称|text(1..60)|register quiet|R|P0
2|investment_fen|总投资(分)|integer|register shown|R|P0|above 0|> 0
3|funding|资金构成|struct(central 中央:integer,province 省:integer,city 市州:integer,county 县:integer,social 社会:integer,self 自筹:integer)|register shown|O|P0|sum_equals investment_fen|sum = investment
4|contractor_id|承接村合作社|ref(organizations)|register quiet|R|P0
5|stage_log|阶段|struct(stage 阶段!:enum(立项,实施,完工,验收),on 日期:date,by 经手人:ref(staff),note 说明:longtext(500))|timeline|R|P0|not_future|立项,实施,完工,验收
6|start_on|开工|date|register quiet|O|P0
7|finish_on|完工|date|register quiet|O|P0|at_least start_on|>= start_on

"""#

private let industriesNotation = #"""
collection 45|industries|产业年报|routine
1|year|年度|integer|fixed|R|P0
2|kind|类别|enum(粮食,蔬菜,刺梨,生猪,稻田养鱼,旅游,其他)|fixed|R|P0
3|area_mu|面积(亩)|decimal|register quiet|C head_count absent|P0|range 0..|>= 0
4|head_count|出栏(头)|integer|register quiet|C area_mu absent|P0|range 0..|>= 0
5|base_name|基地名称|text(0..40)|register quiet|O|P0
6|household_count|带动户数|integer|register quiet|O|P0|range 0..|>= 0

"""#

private let noticesNotation = #"""
collection 46|notices|公告与村务公开|routine
1|title|标题|text(1..60)|register shown|R|P0|no_personal_numbers
2|body|正文|longtext(5000)|register shown|R|P0|no_personal_numbers|refused as P0 when it holds ID numbers or phones
3|kind|类别|enum(政策,村务,财务,积分,晒单,应急)|fixed|R|P0
4|audience|范围|set(area(county,township,village,grid))|register shown|R|P0
5|valid_to|截止|date|register shown|O|P0
6|receipts|签收|set(struct(staff 签收人!:ref(staff),at 时间!:time))|set|O|P1

"""#

private let conventionNotation = #"""
collection 47|convention|村规民约|routine
1|edition_text|文本|longtext(10000)|register shown village|R|P0|no_personal_numbers
2|adopted_on|通过日期|date|register shown village|R|P0
3|signed_household_ids|签约户|set(ref(households))|set|O|P2
4|is_provincial_demo|省级示范|boolean|register shown village|R|P0

"""#

private let deliberationsNotation = #"""
collection 48|deliberations|议事协商|routine
1|topic|议题|text(1..60)|register quiet|R|P0
2|participants|参加人|set(party)|set|R|P1
3|opinions|意见|struct(who 发言人:party,at 时间:time,text 意见!:longtext(500))|timeline|O|P2|not_future
4|votes|表决|struct(household 户!:ref(households),vote 表决!:enum(yes:赞成,no:反对,abstain:弃权),at 时间:time,by 经手人:ref(staff))|timeline ledger|O|P2|not_future|one per household
5|resolution|决议|longtext(2000)|register shown village|O|P0|no_personal_numbers

"""#

private let volunteerTeamsNotation = #"""
collection 49|volunteer_teams|志愿队伍|routine
1|name|名称|text(1..40)|register quiet|R|P0
2|kind|类别|enum(群众自治,志愿服务,其他)|register quiet|R|P0
3|member_count|人数|integer|register quiet|R|P0|range 0..|>= 0
4|grid_codes|服务网格|set(area(grid))|set|O|P0
5|activities|活动|struct(on 日期!:date,title 活动!:text(1..60),people 人数:integer,hours 时长:decimal,note 说明:longtext(500))|timeline|O|P0|not_future

"""#

private let commendationsNotation = #"""
collection 50|commendations|通报表扬|routine
1|target|对象|party|fixed|R|P0||department first
2|period|周期|text(1..40)|fixed|R|P0
3|basis|依据报表|ref(report_runs)|fixed|R|P0
4|text|内容|longtext(500)|register shown township|R|P0|no_personal_numbers

"""#

private let reportRunsNotation = #"""
collection 51|report_runs|报表|routine
1|report_code|报表号|enum(R1,R2,R3,R4,R5,R6,R7,R8,R9,R10,R11,R12,R13,R14)|fixed|R|P0
2|period|周期|text(1..40)|fixed|R|P0
3|scope|范围|area(county,township,village,grid)|fixed|R|P0
4|formula_version|口径版本|integer|fixed|R|P0
5|frontier|数据截止|bytes(1..32768)|fixed|R|P1
6|silent_nodes|未同步村|set(area(village))|fixed|R|P0
7|rows_sha256|结果摘要|bytes(32)|fixed|R|P0
8|signed_by|制表人|ref(staff)|fixed|R|P1
9|approved_by|签发人|ref(staff)|register shown|O|P1

"""#

private let attachmentsNotation = #"""
collection 52|attachments|附件|routine
1|sha256|摘要|bytes(32)|fixed|R|P1||equals the content
2|size|大小|integer|fixed|R|P1|range 1..2097152|1..2097152
3|media_type|类型|enum(jpeg,png,pdf,amr)|fixed|R|P1
4|taken_at|拍摄时间|time|fixed|O|P1||position data are stripped
5|privacy|密级|enum(P0:公开,P1:内部,P2:个人,P3:敏感个人,P4:限定人员)|register shown|R|P1||not below that of the record

"""#

private let nodesNotation = #"""
collection 53|nodes|节点|authority
1|node_id|节点号|bytes(1..32)|fixed|R|P0
2|public_key|公钥|bytes(32)|fixed|R|P0
3|scope|管辖|area(county,township,village,grid)|register shown township|R|P0
4|roles|权限|set(enum(read:读,write:写,redact:涂销,certify:发证))|register shown township|R|P0
5|valid_from|起|time|register shown township|R|P0
6|valid_to|止|time|register shown township|O|P0
7|revoked_by|吊销|bytes(64)|register shown township|O|P0

"""#

private let tasksNotation = #"""
collection 54|tasks|任务与报表|routine
1|title|名称|text(1..60)|register shown|R|P0|no_personal_numbers
2|kind|类别|enum(task:任务,form:报表)|fixed|R|P0
3|issuer|下达单位|party|fixed|R|P0
4|admission_id|准入事项|ref(admission_requests)|register shown|R|P0||admitted or on trial, and not past its last day
5|audience|下达范围|set(area(village,grid))|set|O|P0||only with an admitted duty
6|fields_asked|需填字段|set(text(1..80))|set|O|P0||COLLECTION.FIELD where it is held already
7|due_on|截止日期|date|register shown|O|P0
8|body|要求|longtext(2000)|register shown|O|P0|no_personal_numbers
9|areas_done|已完成范围|set(area(village,grid))|set|O|P0

"""#
