// SPDX-License-Identifier: Apache-2.0

/// The persons that values speak of: those who have a record, and those of whom only a name stands
/// there. Free texts are not searched.
package struct NamedPersons: Sendable {
    /// Collections of which each record is a person.
    package static let collections: Set<String> = ["residents", "staff"]

    package private(set) var records: Set<RecordID> = []
    package private(set) var names: Set<String> = []

    package init() {}

    /// Takes in whom a field of a record speaks of. A structure that names a person and also the
    /// person's record speaks of the record.
    package mutating func add(_ value: FieldValue, of field: FieldDefinition) {
        add(value, type: field.type, name: field.name)
    }

    private mutating func add(_ value: FieldValue, type: FieldType, name: String) {
        switch (value, type.element ?? type) {
        case (.list(let values), let element):
            for value in values { add(value, type: element, name: name) }
        case (.map(let parts), .structure(let definitions)):
            add(parts, of: definitions)
        case (.reference(let id), .reference(let collection?)):
            if Self.collections.contains(collection) { records.insert(id) }
        case (.text(let text), .text), (.text(let text), .party):
            if Self.isName(name, type) { names.insert(text) }
        case (_, _): break
        }
    }

    private mutating func add(_ parts: [FieldValue.MapPart], of definitions: [FieldType.Part]) {
        var named = NamedPersons()
        for part in parts {
            guard let definition = definitions.first(where: { $0.name == part.name }) else {
                continue
            }
            named.add(part.value, type: definition.type, name: definition.name)
        }
        records.formUnion(named.records)
        if named.records.isEmpty { names.formUnion(named.names) }
    }

    /// Parties are people or departments; `who` is the only one that is asked of people.
    private static func isName(_ name: String, _ type: FieldType) -> Bool {
        switch type {
        case .party: name == "who"
        default: name == "name" || name.hasSuffix("_name")
        }
    }
}
