// SPDX-License-Identifier: Apache-2.0

/// Numbers that people write on paper, made offline without a counter: the area's code, the day and
/// the first four characters of the record's id. Two of a day and village meet once in a million;
/// that is shown, and harms nothing, for the id is the record's name.
package enum RecordNumber {
    /// The field that holds a record's number; nil for collections without one.
    package static func field(of collection: CollectionDefinition) -> FieldDefinition? {
        collection.fields.first { field in
            field.kind == .fixed
                && ["matter_no", "dispute_no", "patrol_no", "request_no"].contains(field.name)
        }
    }

    /// - Parameter day: in days since 1970-01-01, in China.
    package static func text(area: AreaCode, day: Int32, id: RecordID) -> String {
        let date = (CivilDate(days: day)?.description ?? "").filter { $0 != "-" }
        return "\(area)-\(date)-\(id.description.prefix(4))"
    }
}
