// SPDX-License-Identifier: Apache-2.0

extension Catalogue {
    /// Reads a catalogue from its line notation (Protocol/catalogue/README.md, "Notation"):
    ///
    /// ```text
    /// edition 1
    /// # a remark
    /// collection 16|notes|笔记|routine|code
    /// 1|code|编号|text(1..8)|fixed|R|P0
    /// 2|body|内容|longtext(500)|register shown|C kind=free|P1|no_personal_numbers|for people
    /// 3|seen|次数|integer|counter|O|P0
    /// ```
    ///
    /// A collection is number, name, label, lane and key fields; a field is number, name, label,
    /// type, kind, requirement, privacy, rules and note, of which the last two may be left out.
    package init(parsing text: String) throws(CatalogueViolation) {
        try self.init(parsing: [text])
    }

    /// Reads a catalogue whose notation comes in several texts, each of whole lines. Lines are
    /// counted through.
    init(parsing texts: [String]) throws(CatalogueViolation) {
        var edition: UInt32?
        var drafts: [Draft] = []
        var line = 0
        for text in texts {
            for bytes in Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false) {
                line += 1
                let content = Notation.trimmed(bytes)
                do throws(NotationError) {
                    try Self.read(content, edition: &edition, drafts: &drafts)
                } catch {
                    throw CatalogueViolation(line: line, reason: error.reason)
                }
            }
            line -= 1
        }
        guard let edition else { throw CatalogueViolation(line: 0, reason: "no edition") }
        var collections: [CollectionDefinition] = []
        var numbers: Set<UInt32> = []
        var names: Set<String> = []
        for draft in drafts {
            guard numbers.insert(draft.number).inserted, names.insert(draft.name).inserted else {
                throw CatalogueViolation(line: 0, reason: "two collections: \(draft.name)")
            }
            collections.append(try draft.collection())
        }
        self.init(edition: edition, collections: collections)
    }

    private static func read(
        _ content: Notation.Bytes, edition: inout UInt32?, drafts: inout [Draft]
    ) throws(NotationError) {
        guard let first = content.first, first != UInt8(ascii: "#") else { return }
        if first == UInt8(ascii: "e"), content.starts(with: "edition ".utf8) {
            edition = try Notation.number(Notation.trimmed(content.dropFirst(8)))
        } else if first == UInt8(ascii: "c"), content.starts(with: "collection ".utf8) {
            drafts.append(try Draft(notation: content.dropFirst(11)))
        } else if drafts.isEmpty {
            throw NotationError("a field before the first collection")
        } else {
            drafts[drafts.count - 1].fields.append(try FieldDefinition(notation: content))
        }
    }
}

/// A collection whose fields are still being read.
private struct Draft {
    let number: UInt32
    let name: String
    let label: String
    let lane: Lane
    let namedBy: [String]
    var fields: [FieldDefinition] = []

    init(notation text: Notation.Bytes) throws(NotationError) {
        let columns = Notation.parts(of: text, at: UInt8(ascii: "|"))
        guard (4...5).contains(columns.count) else { throw NotationError("4 or 5 columns") }
        number = UInt32(try Notation.number(columns[0], as: UInt16.self))
        name = Notation.string(columns[1])
        label = Notation.string(columns[2])
        lane =
            switch columns[3] {
            case "authority": .authority
            case "urgent": .urgent
            case "routine": .routine
            default: throw NotationError("unknown lane: \(Notation.string(columns[3]))")
            }
        namedBy =
            columns.count < 5 || columns[4].isEmpty
            ? [] : Notation.parts(of: columns[4], at: UInt8(ascii: ",")).map { Notation.string($0) }
    }

    /// Refuses what the definition takes for granted: unique numbers and names, known key fields
    /// and known fields in rules and conditions.
    func collection() throws(CatalogueViolation) -> CollectionDefinition {
        let names = Set(fields.map(\.name))
        guard names.count == fields.count, Set(fields.map(\.number)).count == fields.count else {
            throw CatalogueViolation(line: 0, reason: "\(name): a field stands twice")
        }
        let mentioned = namedBy + fields.flatMap(\.mentionedFields)
        if let unknown = mentioned.first(where: { !names.contains($0) }) {
            throw CatalogueViolation(line: 0, reason: "\(name): unknown field \(unknown)")
        }
        return CollectionDefinition(
            number: number, name: name, label: label, lane: lane, namedBy: namedBy, fields: fields)
    }
}
