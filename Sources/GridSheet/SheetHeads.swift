// SPDX-License-Identifier: Apache-2.0

import GridCore

/// Which fields the heads of a sheet name: by name, by label, by what people usually write in their
/// place, or by a mapping that somebody has made for this kind of sheet.
package struct SheetHeads: Sendable {
    /// What stands in a column.
    package enum Use: Hashable, Sendable {
        case field(String)
        /// The id of the record that a row speaks of, as exports have it.
        case recordID
        /// The number of the row in the sheet it was taken from, as error files have it.
        case rowNumber
        /// Another column of an error file, or one that the mapping leaves out.
        case leftOut
        /// A field that the system computes.
        case computed
        /// Another column has this field already.
        case repeated(String)
        /// Nothing known; carries the label of the field that is called most like it, if any.
        case unknown(nearest: String?)
        case blank
    }

    /// How a head names a field, the best first.
    private enum Standing: Int { case mapped, exact, usual }

    private var fields: [String: (name: String, standing: Standing)] = [:]
    private var computed: Set<String> = []
    private var labels: [(label: String, name: String)] = []

    /// - Parameters:
    ///   - fields: name and label of each field of the collection that can be written.
    ///   - computed: names and labels of those that cannot.
    ///   - mapping: field names by head, nil for a column to be left out.
    package init(
        fields: [(name: String, label: String)], computed: [String] = [],
        mapping: [String: String?] = [:]
    ) {
        for field in fields {
            for head in [field.name, field.label] {
                self.fields[Self.plain(head)] = (field.name, .exact)
            }
        }
        let names = Set(fields.map(\.name))
        for (head, name) in UsualHeads.names(having: names)
        where self.fields[Self.plain(head)] == nil {
            self.fields[Self.plain(head)] = (name, .usual)
        }
        for (head, name) in mapping.sorted(by: { $0.key < $1.key }) {
            self.fields[Self.plain(head)] = (name ?? "", .mapped)
        }
        self.computed = Set(computed.map(Self.plain))
        labels = fields.map { ($0.label, $0.name) }
    }

    /// What the columns under a row of heads hold; a field goes to the head that names it best.
    package func uses(of heads: [String]) -> [Use] {
        var uses = heads.map { use(of: $0) }
        var best: [String: (place: Int, standing: Standing)] = [:]
        for (place, use) in uses.enumerated() {
            guard case .field(let name) = use, let found = found(heads[place]) else { continue }
            if let earlier = best[name], earlier.standing.rawValue <= found.standing.rawValue {
                uses[place] = .repeated(name)
            } else {
                if let earlier = best[name] { uses[earlier.place] = .repeated(name) }
                best[name] = (place, found.standing)
            }
        }
        return uses
    }

    /// Whether a head names a field or something else that rows may have.
    func isKnown(_ head: String) -> Bool {
        switch use(of: head) {
        case .field, .recordID, .rowNumber, .leftOut, .computed: true
        case .repeated, .unknown, .blank: false
        }
    }

    private func use(of head: String) -> Use {
        let plain = Self.plain(head)
        if plain.isEmpty { return .blank }
        if let found = found(head) { return found.name.isEmpty ? .leftOut : .field(found.name) }
        if Self.recordIDHeads.contains(plain) { return .recordID }
        if Self.counterHeads.contains(plain) { return .leftOut }
        if let place = ErrorColumns.heads.firstIndex(where: { Self.plain($0) == plain }) {
            return place == 0 ? .rowNumber : .leftOut
        }
        if computed.contains(plain) { return .computed }
        return .unknown(nearest: nearest(to: plain))
    }

    private func found(_ head: String) -> (name: String, standing: Standing)? {
        let plain = Self.plain(head)
        return fields[plain] ?? fields[Self.withoutNote(plain)]
    }

    /// The head of the column of record ids in exports.
    package static let recordIDHead = "记录标识"
    private static let recordIDHeads: Set<String> = [recordIDHead, "id"]
    /// What offices count their rows by.
    private static let counterHeads: Set<String> = ["序号", "no", "no."]

    /// A head without marks, spaces, width and line ends.
    static func plain(_ head: String) -> String {
        TextFolding.words(head).lowercased()
            .filter { !$0.isWhitespace && $0 != "*" && $0 != "\u{FF0A}" && $0 != "\u{FEFF}" }
    }

    /// `身份证号(18位)` without what stands in brackets at its end.
    private static func withoutNote(_ plain: String) -> String {
        guard let last = plain.last, ")）】]".contains(last),
            let open = plain.lastIndex(where: { "(（【[".contains($0) }), open > plain.startIndex
        else { return plain }
        return String(plain[..<open])
    }

    /// The label of the field that is written most like a head; nil when none is.
    private func nearest(to plain: String) -> String? {
        guard plain.count <= 40 else { return nil }
        let scored = labels.map { label, name in
            (
                label: label,
                score: max(
                    Likeness.score(plain, Self.plain(label)), Likeness.score(plain, name))
            )
        }
        guard let best = scored.max(by: { $0.score < $1.score }), best.score >= 0.5 else {
            return nil
        }
        return best.label
    }
}

/// How alike two short texts are.
enum Likeness {
    /// From 0, nothing in common, to 1, equal: the share of characters that need no change, or
    /// 0.6 and more where one holds the other.
    static func score(_ left: String, _ right: String) -> Double {
        let (left, right) = (Array(left), Array(right))
        guard !left.isEmpty, !right.isEmpty else { return 0 }
        let longer = Double(max(left.count, right.count))
        let kept = 1 - Double(distance(left, right)) / longer
        guard String(left).contains(String(right)) || String(right).contains(String(left)) else {
            return kept
        }
        return max(kept, 0.6 + 0.4 * Double(min(left.count, right.count)) / longer)
    }

    /// Levenshtein's distance.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (place, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for (column, other) in right.enumerated() {
                let changed = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
