// SPDX-License-Identifier: Apache-2.0

/// What offices write over a column in place of the catalogue's label.
enum UsualHeads {
    /// Heads that say the same in every collection, and the fields they may mean: the first one that
    /// a collection has.
    private static let general: [(heads: [String], fields: [String])] = [
        (["身份证", "身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "居民身份证号码", "证件号码"], ["id_no"]),
        (["出生年月", "出生年月日", "生日"], ["birth_date"]),
        (
            ["电话", "电话号码", "联系电话", "联系方式", "手机", "手机号", "手机号码"],
            ["phone", "contact_phone", "head_phone"]
        ),
        (["地址", "住址", "家庭住址", "家庭地址", "现住址", "居住地址", "详细地址"], ["address"]),
        (["网格", "网格编码", "网格编号", "所属网格", "所在网格"], ["grid_code"]),
        (["联户编号", "联户单元编码"], ["unit_code", "unit_id"]),
        (["户编号", "户籍编号", "户号"], ["household_no", "household_id"]),
        (["名字", "人员姓名", "姓 名"], ["name"]),
        (["关系", "与户主的关系", "家庭关系"], ["kin_to_head"]),
        (["学历", "教育程度"], ["education"]),
        (["婚姻", "婚否"], ["marital"]),
        (["门牌号", "门牌"], ["plate_no"]),
        (["是否党员", "政治面貌(党员)"], ["party_member"]),
        (["工作单位"], ["employer"]),
        (["居住情况"], ["live_status", "residence_status"]),
    ]

    /// Heads and the fields they mean where a collection has the fields given.
    static func names(having fields: Set<String>) -> [(head: String, field: String)] {
        general.flatMap { heads, meant in
            meant.first { fields.contains($0) }.map { field in heads.map { ($0, field) } } ?? []
        }
    }
}
