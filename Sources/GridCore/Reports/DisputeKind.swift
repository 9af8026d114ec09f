// SPDX-License-Identifier: Apache-2.0

/// Kinds of disputes: villages choose among six, the provincial form counts nineteen.
package enum DisputeKind {
    package static let other = "其他"

    /// The lines of the form, in its order.
    package static let ofForm = [
        "民族宗教", "军转与退伍安置", "征地拆迁安置", "建筑工程与物业", "土地矿产山林水利权属", "经济活动", "劳资",
        "企业改制", "环境污染", "司法活动", "行政执法", "院校", "海事渔事", "干部作风", "村务管理",
        "土地承包与“三资”与农民负担", "婚姻家庭邻里", "医患", other,
    ]

    /// Where those of villages are counted that the form does not have. A township may say it better in
    /// the record itself.
    package static let ofVillages = [
        (kind: "邻里", ofForm: "婚姻家庭邻里"), (kind: "婚姻家庭", ofForm: "婚姻家庭邻里"),
        (kind: "房屋宅基地", ofForm: "土地矿产山林水利权属"), (kind: "损害赔偿", ofForm: other),
    ]
}
