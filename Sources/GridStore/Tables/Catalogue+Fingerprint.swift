// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog

extension Catalogue {
    /// Says whether tables made under one catalogue fit another: everything that columns, display
    /// and merging hang on, hashed. 64 hexadecimal digits.
    var fingerprint: String {
        var text = "tables 3\nedition \(edition)\n"
        text += "folding \(RecordFolding.version) \(DeadlineRules.standard.version) "
        text += "\(WorkdayCalendar.china.years.sorted())\n"
        for collection in collections {
            text += "\(collection.number) \(collection.name) \(collection.lane.rawValue)\n"
            for field in collection.fields {
                text += "\(field.number) \(field.name) \(field.kind) \(field.type) "
                text += "\(field.showsConflicts) \(field.owner?.digits ?? 0) "
                text += "\(field.requirement) \(field.privacy)\n"
            }
        }
        return Hashing.digest(Array(text.utf8), personal: .table).description
    }
}
