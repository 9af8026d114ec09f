// SPDX-License-Identifier: Apache-2.0

/// What records there are, of what fields, and how each field merges: one edition of a document
/// of Protocol/catalogue.
///
/// Entries carry numbers only. Numbers are never reused; names and labels may change with an
/// edition. Entries with numbers that this edition does not know are kept and relayed all the same.
package struct Catalogue: Sendable {
    package let edition: UInt32
    /// Ascending by number.
    package let collections: [CollectionDefinition]

    /// Place in `collections`, by number; -1 for numbers without a collection.
    private let placesByNumber: [Int32]
    private let placesByName: [String: Int]
    /// By collection number, then field number: the table that merging asks.
    private let assignmentRules: [[AssignmentRule]]

    /// - Precondition: numbers and names of the collections are unique; numbers are at most 65,535.
    package init(edition: UInt32, collections: [CollectionDefinition]) {
        self.edition = edition
        self.collections = collections.sorted { $0.number < $1.number }
        let count = (self.collections.last.map { Int($0.number) } ?? -1) + 1
        precondition(count <= 65_536, "collection number \(count - 1) is over 65,535")
        var places = [Int32](repeating: -1, count: count)
        var names: [String: Int] = [:]
        var rules = [[AssignmentRule]](repeating: [], count: count)
        for (place, collection) in self.collections.enumerated() {
            let number = Int(collection.number)
            precondition(places[number] < 0, "two collections have the number \(number)")
            precondition(names[collection.name] == nil, "two collections: \(collection.name)")
            places[number] = Int32(place)
            names[collection.name] = place
            rules[number] = collection.assignmentRules
        }
        placesByNumber = places
        placesByName = names
        assignmentRules = rules
    }

    /// The collection of this number; nil for one that this edition does not know.
    package func collection(numbered number: UInt32) -> CollectionDefinition? {
        guard number < placesByNumber.count, placesByNumber[Int(number)] >= 0 else { return nil }
        return collections[Int(placesByNumber[Int(number)])]
    }

    /// The collection of this name; nil for one that this edition does not know.
    package func collection(named name: String) -> CollectionDefinition? {
        placesByName[name].map { collections[$0] }
    }
}

extension Catalogue: MergeRules {
    /// How assigned values of a field merge; unknown fields merge as registers.
    package func assignmentRule(collection: UInt32, field: UInt32) -> AssignmentRule {
        guard collection < assignmentRules.count else { return .register }
        let rules = assignmentRules[Int(collection)]
        return field < rules.count ? rules[Int(field)] : .register
    }

    package func sealing(of collection: UInt32) -> FieldSealing? {
        self.collection(numbered: collection)?.sealing
    }
}

extension Catalogue {
    /// The Onegrid catalogue, 39 collections and 353 fields, read once at first use.
    package static let grid: Catalogue = {
        do {
            return try Catalogue(parsing: gridNotation)
        } catch {
            preconditionFailure("our own catalogue cannot be read: \(error)")
        }
    }()
}
