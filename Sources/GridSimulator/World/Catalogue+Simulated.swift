// SPDX-License-Identifier: Apache-2.0

import GridCore

extension Catalogue {
    /// A small catalogue with a field of each kind, in its older and its newer edition.
    static let simulated: [Catalogue] = [made("edition 1\n" + first), made("edition 2\n" + second)]

    private static let households = """
        collection 16|households|农户|routine
        1|head_name|户主|text(1..40)|register shown|R|P0
        2|household_no|户号|text(1..40)|fixed|O|P0
        3|grade|评级|text(1..40)|register shown township|O|P0
        4|labels|标签|set(text(1..40))|set|O|P0
        5|visits|走访|text(1..40)|timeline|O|P0
        6|points|积分|integer|counter|O|P0
        7|area_m2|面积|decimal|register quiet|O|P0

        """
    private static let rest = """
        collection 17|rules|规则|routine|code
        1|code|编码|text(1..40)|fixed|R|P0
        2|points|分值|integer|register shown|O|P0
        collection 18|alarms|警情|urgent
        1|title|标题|text(1..40)|register shown|R|P0
        2|steps|过程|text(1..40)|timeline|O|P0
        """
    private static let first = households + rest
    /// Fields and a collection that older nodes keep without knowing them.
    private static let second =
        households + """
            8|phone|电话|text(1..40)|register shown|O|P0
            9|built_on|建房|date|fixed|O|P0

            """ + rest + """

            3|level|级别|text(1..40)|register shown county|O|P0
            collection 19|patrols|巡查|routine
            1|route|路线|text(1..40)|register shown|R|P0
            """

    private static func made(_ text: String) -> Catalogue {
        do {
            return try Catalogue(parsing: text)
        } catch {
            preconditionFailure("the simulated catalogue cannot be read: \(error)")
        }
    }
}
