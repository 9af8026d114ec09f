// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridStore

/// By which fields people know a record of a collection again, so that a sheet can be taken in twice.
package enum SheetKeys {
    /// Alternatives: the first one of which a row has all values is used. None for collections whose
    /// records bear the name of their natural key anyway, or are known by nothing but their id.
    package static let usual: [String: [[String]]] = [
        "grids": [["grid_code"]],
        "household_units": [["unit_code"]],
        "staff": [["id_no"], ["name", "phone"]],
        "party_groups": [["name"]],
        "households": [["household_no"]],
        "residents": [["id_no"], ["name", "birth_date", "sex"]],
        "organizations": [["credit_code"], ["name"]],
        "places": [["name", "grid_code"]],
        "matters": [["matter_no"]],
        "disputes": [["dispute_no"]],
        "admission_requests": [["request_no"]],
        "projects": [["name"]],
        "volunteer_teams": [["name"]],
    ]

    static func lookups(_ collection: CollectionDefinition) -> [RecordLookup] {
        (usual[collection.name] ?? []).compactMap { names in
            let fields = names.compactMap { collection.field(named: $0) }
            return fields.count == names.count ? RecordLookup(collection, by: fields) : nil
        }
    }
}
