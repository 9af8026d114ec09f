// SPDX-License-Identifier: Apache-2.0

import GridCore

extension Catalogue {
    /// The workload's collection: its twelve fields, the id that an operation gives as a field
    /// of its own, and a set, a counter and a timeline for the mixed work. An alert is what may come
    /// up while much else is under way.
    ///
    /// Records are named by their creation, as the grid's households are.
    static let household: Catalogue = {
        do {
            return try Catalogue(parsing: notation)
        } catch {
            preconditionFailure("the workload's catalogue cannot be read: \(error)")
        }
    }()

    private static let notation = """
        edition 1
        collection 16|household|户|routine
        1|code|编码|text(1..16)|fixed|R|P0
        2|name|姓名|text(1..40)|register shown|R|P0
        3|phone|电话|text(1..20)|register shown|O|P0
        4|address|住址|text(1..100)|register shown|O|P0
        5|household_size|人口|integer|register shown|O|P0
        6|points|积分|integer|register shown|O|P0
        7|registered_on|登记日期|date|register shown|O|P0
        8|visited_on|走访日期|date|register shown|O|P0
        9|status|状态|text(1..40)|register shown|O|P0
        10|kind|户类型|text(1..40)|register shown|O|P0
        11|grid|网格|text(1..16)|register shown|O|P0
        12|responsible|责任人|text(1..40)|register shown|O|P0
        13|note|备注|longtext(200)|register shown|O|P0
        14|tags|标签|set(text(1..40))|set|O|P0
        15|score|得分|integer|counter|O|P0
        16|visits|走访|struct(on 日期!:date,by 走访人!:text(1..40),text 内容!:longtext(200))|timeline|O|P0
        collection 17|alert|警报|urgent
        1|text|内容|longtext(200)|fixed|R|P0
        """
}
