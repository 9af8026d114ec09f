// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// Whatever the catalogue offers is counted in one line of the form.
struct DisputeKindTests {
    @Test func everyKindOfTheCatalogueHasItsLine() throws {
        let disputes = try #require(Catalogue.grid.collection(named: "disputes"))
        let category = try #require(disputes.field(named: "category"))
        guard case .enumeration(let choices, isOpen: true) = category.type else {
            Issue.record("category is \(category.type)")
            return
        }
        let mapped = Dictionary(
            uniqueKeysWithValues: DisputeKind.ofVillages.map { ($0.kind, $0.ofForm) })
        for value in choices.map(\.value) {
            #expect(DisputeKind.ofForm.contains(mapped[value] ?? value), "\(value)")
        }
        #expect(Set(DisputeKind.ofForm).count == 19)
        #expect(mapped.values.allSatisfy(DisputeKind.ofForm.contains))
    }
}
