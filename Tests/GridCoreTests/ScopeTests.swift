// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

struct ScopeTests {
    @Test(arguments: [
        ("522730103201", true), ("522730103", true), ("522730", true),
        ("522730103202", false), ("522730104", false), ("522731", false),
    ])
    func aVillageCarriesItselfAndWhatStandsExactlyAboveIt(home: String, isCarried: Bool) throws {
        let scope = try Scope(AreaCode(parsing: "522730103201"))
        #expect(try scope.contains(AreaCode(parsing: home)) == isCarried)
    }

    @Test(arguments: [
        ("522730103201", true), ("522730103999", true), ("522730103", true), ("522730", true),
        ("522730104201", false), ("522730104", false),
    ])
    func aTownshipCarriesItsVillages(home: String, isCarried: Bool) throws {
        let scope = try Scope(AreaCode(parsing: "522730103"))
        #expect(try scope.contains(AreaCode(parsing: home)) == isCarried)
    }
}
