// SPDX-License-Identifier: Apache-2.0

import GridCore
import Testing

/// By which references a record that says no grid lies where another does, held to the catalogue.
struct BelongingTests {
    private let catalogue = Catalogue.grid

    private func collection(_ name: String) -> CollectionDefinition? {
        catalogue.collections.first { $0.name == name }
    }

    @Test func eachWayIsAReferenceOfTheCatalogueToWhatSaysAGridInTheEnd() throws {
        /// How many references lead from a collection to one that says the grid; nil for never.
        func depth(_ definition: CollectionDefinition, _ seen: [String] = []) -> Int? {
            if definition.field(named: "grid_code") != nil { return 0 }
            let ways = definition.belongsBy.filter { !seen.contains($0.collection) }
            return ways.compactMap { way in
                collection(way.collection).flatMap { depth($0, seen + [definition.name]) }
            }.max().map { $0 + 1 }
        }
        var greatest = 0
        for definition in catalogue.collections where !definition.belongsBy.isEmpty {
            #expect(definition.field(named: "grid_code") == nil, "\(definition.name)")
            for way in definition.belongsBy {
                let field = try #require(
                    definition.field(named: way.field), "\(definition.name).\(way.field)")
                switch field.type {
                case .reference(let target):
                    #expect(target == nil || target == way.collection, "\(definition.name)")
                default: Issue.record("\(definition.name).\(way.field) is no reference")
                }
                #expect(collection(way.collection) != nil, "\(way.collection)")
            }
            greatest = max(greatest, try #require(depth(definition), "\(definition.name)"))
        }
        // A review of points, the entry, its resident, the household.
        #expect(greatest == Catalogue.belongingDepthMax)
    }

    /// Whoever adds a collection of people's records says where they lie.
    @Test func whatSpeaksOfOneHouseholdOrPersonBelongsToIt() {
        for definition in catalogue.collections where definition.field(named: "grid_code") == nil {
            let named = definition.fields.filter {
                $0.requirement == .required
                    && ($0.type == .reference("households") || $0.type == .reference("residents"))
            }
            guard !named.isEmpty else { continue }
            #expect(!definition.belongsBy.isEmpty, "\(definition.name): \(named.map(\.name))")
        }
    }
}
