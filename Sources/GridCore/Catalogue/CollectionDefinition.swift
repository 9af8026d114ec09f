// SPDX-License-Identifier: Apache-2.0

/// One kind of record: its fields, and the lane in which its entries travel.
package struct CollectionDefinition: Sendable {
    /// 16...65,535 in documents of Protocol/catalogue; 1...15 are the system's own.
    package let number: UInt32
    /// Lower-case ASCII words joined by `_`, as programs say it: `household_units`.
    package let name: String
    /// As people say it, in Chinese: 联户单元.
    package let label: String
    package let lane: Lane
    /// Names of the fields that are the record's natural key, in order. Empty when a record is
    /// named by its creation.
    package let namedBy: [String]
    /// Ascending by number.
    package let fields: [FieldDefinition]

    /// Which fields are sealed for the devices that a record names; nil where none is.
    package let sealing: FieldSealing?

    private let placesByName: [String: Int]
    /// Place in `fields`, by number; -1 for numbers without a field.
    private let placesByNumber: [Int32]
    /// Places of the fields whose rules speak of another field.
    let placesOfComparisons: [Int]

    /// - Precondition: numbers and names of the fields are unique, numbers are at most 65,535, and
    ///   the key is made of fields of this collection.
    package init(
        number: UInt32, name: String, label: String, lane: Lane, namedBy: [String] = [],
        fields: [FieldDefinition]
    ) {
        self.number = number
        self.name = name
        self.label = label
        self.lane = lane
        self.namedBy = namedBy
        let fields = fields.sorted { $0.number < $1.number }
        self.fields = fields
        let count = (fields.last.map { Int($0.number) } ?? -1) + 1
        precondition(count <= 65_536, "field number \(count - 1) is over 65,535")
        var names: [String: Int] = [:]
        var places = [Int32](repeating: -1, count: count)
        for (place, field) in fields.enumerated() {
            precondition(places[Int(field.number)] < 0, "\(name): two fields \(field.number)")
            precondition(names[field.name] == nil, "\(name): two fields \(field.name)")
            names[field.name] = place
            places[Int(field.number)] = Int32(place)
        }
        precondition(namedBy.allSatisfy { names[$0] != nil }, "\(name): unknown key field")
        sealing = FieldSealing(fields, namedBy: namedBy)
        placesByName = names
        placesByNumber = places
        placesOfComparisons = fields.indices.filter { place in
            fields[place].rules.contains { !$0.otherFields.isEmpty }
        }
    }

    /// The field of this name; nil for one that this edition does not know.
    package func field(named name: String) -> FieldDefinition? {
        placesByName[name].map { fields[$0] }
    }

    /// The field of this number; nil for one that this edition does not know.
    package func field(numbered number: UInt32) -> FieldDefinition? {
        guard number < placesByNumber.count, placesByNumber[Int(number)] >= 0 else { return nil }
        return fields[Int(placesByNumber[Int(number)])]
    }

    /// By field number.
    var assignmentRules: [AssignmentRule] {
        placesByNumber.map { $0 < 0 ? .register : fields[Int($0)].assignmentRule }
    }
}
