// SPDX-License-Identifier: Apache-2.0

extension CollectionDefinition {
    /// The references, and the collections that they lead to, by which a record that says no grid
    /// itself lies where another does; in the order in which they are asked.
    package var belongsBy: [(field: String, collection: String)] {
        switch name {
        case "residents": [("household_id", "households")]
        case "care_records": [("person_id", "residents")]
        case "visits": [("household_id", "households"), ("resident_id", "residents")]
        case "points_entries":
            [
                ("account", "households"), ("account", "residents"), ("target", "points_entries"),
            ]
        case "whistles": [("matter_id", "matters")]
        default: []
        }
    }
}

extension Catalogue {
    /// How many references may lead to the record that says the grid: a review of points speaks of
    /// an entry, that of a resident, he of a household.
    package static let belongingDepthMax = 3
}
