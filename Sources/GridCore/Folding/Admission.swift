// SPDX-License-Identifier: Apache-2.0

/// How far a request has come that a duty be admitted for grid members.
package enum Admission: String, Sendable {
    case proposed, consulted, admitted, trial, refused, expired

    /// - Parameters:
    ///   - value: what the request shows in a field.
    ///   - today: in days since 1970-01-01.
    package init(today: Int32, value: (String) -> FieldValue?) {
        let ended = if case .date(let day)? = value("valid_to") { day < today } else { false }
        switch value("decision") {
        case .text("admit")?: self = ended ? .expired : .admitted
        case .text("trial")?: self = ended ? .expired : .trial
        case .text("refuse")?: self = .refused
        default:
            if case .list(let opinions)? = value("opinions"), !opinions.isEmpty {
                self = .consulted
            } else {
                self = .proposed
            }
        }
    }

    /// Whether tasks and forms of the duty may go to grid members.
    package var allowsTasks: Bool { self == .admitted || self == .trial }

    /// Those of the fields that a request asks for which the catalogue has already, as
    /// `COLLECTION.FIELD` or by their Chinese labels.
    package static func held(of asked: [String], in catalogue: Catalogue) -> [String] {
        var known: Set<String> = []
        for collection in catalogue.collections {
            for field in collection.fields {
                known.insert("\(collection.name).\(field.name)")
                known.insert("\(collection.label).\(field.label)")
            }
        }
        return asked.filter { known.contains($0) }
    }
}
