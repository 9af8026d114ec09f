// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import Testing

/// The document, the table it was made from, and the Swift made from it, held against each other.
struct CatalogueDocumentTests {
    private struct Document: Decodable {
        struct Collection: Decodable {
            let number: UInt32
            let name: String
            let label: String
            let authority: String
            let lane: String
            let namedBy: [String]?
            let fields: [Field]

            enum CodingKeys: String, CodingKey {
                case number, name, label, authority, lane, fields
                case namedBy = "named_by"
            }
        }

        struct Field: Decodable {
            struct Source: Decodable {
                let type: String
                let crdt: String
            }

            let number: UInt32
            let name: String
            let label: String
            let kind: String
            let conflicts: String?
            let owner: String?
            let ledger: Bool?
            let requirement: String
            let privacy: String
            let note: String?
            /// Nil for what the table does not have.
            let csv: Source?
        }

        let edition: UInt32
        let collections: [Collection]
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Protocol/catalogue")

    private static func document() throws -> Document {
        try JSONDecoder().decode(
            Document.self, from: Data(contentsOf: folder.appendingPathComponent("grid-1.json")))
    }

    /// Rows of a table in which quoted cells may hold commas.
    private static func rows() throws -> [[String]] {
        let file = folder.appendingPathComponent("source/grid-catalogue.csv")
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            var cells = [""]
            var isQuoted = false
            for character in line {
                switch character {
                case "\"": isQuoted.toggle()
                case "," where !isQuoted: cells.append("")
                default: cells[cells.count - 1].append(character)
                }
            }
            return cells
        }
    }

    @Test func everyRowOfTheTableStandsInTheDocument() throws {
        let rows = try Self.rows()
        let document = try Self.document()
        #expect(rows.count == 341)
        let requirements = [
            "R": "required", "O": "optional", "C": "conditional", "-": "derived",
        ]
        var place = 0
        for collection in document.collections {
            for field in collection.fields {
                guard let source = field.csv else { continue }
                let given = [
                    collection.name, collection.label, collection.authority, field.name,
                    field.label, source.type, source.crdt, field.requirement,
                    field.privacy, field.note ?? "",
                ]
                var row = rows[place]
                row[7] = requirements[row[7]] ?? ""
                #expect(given == row)
                place += 1
            }
        }
        #expect(place == rows.count)
    }

    @Test func mergeColumnsBecameKinds() throws {
        for collection in try Self.document().collections {
            for field in collection.fields {
                guard let source = field.csv else { continue }
                let given = [
                    field.kind, field.conflicts ?? "", field.ledger == true ? "ledger" : "",
                ]
                let wanted =
                    switch source.crdt {
                    case "LWW": ["register", "quiet", ""]
                    case "MVR", "SWR": ["register", "shown", ""]
                    case "IMM": ["fixed", "", ""]
                    case "SET": ["set", "", ""]
                    case "TL": ["timeline", "", ""]
                    case "LED": ["timeline", "", "ledger"]
                    default: ["derived", "", ""]
                    }
                #expect(given == wanted, "\(collection.name).\(field.name)")
                if source.crdt != "SWR" { #expect(field.owner == nil) }
            }
        }
    }

    @Test func theProgramHoldsTheDocument() throws {
        let document = try Self.document()
        #expect(Catalogue.grid.edition == document.edition)
        #expect(Catalogue.grid.collections.count == 39)
        #expect(Catalogue.grid.collections.map(\.fields.count).reduce(0, +) == 353)
        for wanted in document.collections {
            let collection = try #require(Catalogue.grid.collection(numbered: wanted.number))
            #expect(collection.name == wanted.name)
            #expect(collection.label == wanted.label)
            #expect("\(collection.lane)" == wanted.lane)
            #expect(collection.namedBy == wanted.namedBy ?? [])
            for wantedField in wanted.fields {
                let field = try #require(collection.field(numbered: wantedField.number))
                #expect(field.name == wantedField.name)
                #expect(field.label == wantedField.label)
                #expect(field.kind.rawValue == wantedField.kind)
                #expect(field.privacy.description == wantedField.privacy)
                #expect(field.note == wantedField.note ?? "")
                #expect(field.owner.map { "\($0)" } == wantedField.owner)
                #expect(field.isLedger == (wantedField.ledger ?? false))
                #expect(field.showsConflicts == (wantedField.conflicts != "quiet"))
            }
        }
    }

    @Test func numbersAreUniqueAndInTheOrderOfTheTable() {
        #expect(Catalogue.grid.collections.map(\.number) == Array(16...54))
        for collection in Catalogue.grid.collections {
            #expect(collection.fields.map(\.number) == Array(1...UInt32(collection.fields.count)))
            #expect(Set(collection.fields.map(\.name)).count == collection.fields.count)
        }
    }

    @Test func everyConditionalFieldHasACondition() {
        for collection in Catalogue.grid.collections {
            for field in collection.fields {
                #expect(field.requirement != .conditional(nil), "\(collection.name).\(field.name)")
            }
        }
    }

    @Test func lanesAndOwnersAreThoseOfTheDesign() throws {
        let grid = Catalogue.grid
        let urgent = grid.collections.filter { $0.lane == .urgent }.map(\.name)
        #expect(urgent == ["matters", "whistles", "disputes", "hazards"])
        #expect(grid.collections.filter { $0.lane == .authority }.map(\.name) == ["nodes"])
        let matters = try #require(grid.collection(named: "matters"))
        #expect(matters.field(named: "publish")?.owner == .township)
        let income = try #require(grid.collection(named: "collective_income"))
        #expect(income.field(named: "check")?.owner == .township)
        let notices = try #require(grid.collection(named: "notices"))
        #expect(notices.field(named: "body")?.owner == nil)
        let no = try #require(matters.field(named: "matter_no"))
        let publish = try #require(matters.field(named: "publish"))
        let title = try #require(matters.field(named: "title"))
        #expect(grid.assignmentRule(collection: matters.number, field: no.number) == .fixed)
        #expect(
            grid.assignmentRule(collection: matters.number, field: publish.number)
                == .owned(.township))
        #expect(grid.assignmentRule(collection: matters.number, field: title.number) == .register)
        #expect(grid.assignmentRule(collection: 60_000, field: 1) == .register)
        #expect(grid.assignmentRule(collection: matters.number, field: 60_000) == .register)
    }

    @Test func unknownNamesAndNumbersHaveNoDefinition() throws {
        #expect(Catalogue.grid.collection(named: "poems") == nil)
        #expect(Catalogue.grid.collection(numbered: 15) == nil)
        #expect(Catalogue.grid.collection(numbered: 55) == nil)
        let staff = try #require(Catalogue.grid.collection(named: "staff"))
        #expect(staff.field(named: "poem") == nil)
        #expect(staff.field(numbered: 0) == nil)
        #expect(staff.field(numbered: 13) == nil)
    }

    @Test func enumerationsHaveChineseLabels() throws {
        let matters = try #require(Catalogue.grid.collection(named: "matters"))
        let threeWay = try #require(matters.field(named: "three_way"))
        #expect(threeWay.type.label(of: "public") == "公家事")
        #expect(threeWay.type.label(of: "collective") == "大家事")
        #expect(threeWay.type.label(of: "own") == "自家事")
        #expect(threeWay.type.label(of: "other") == nil)
        #expect(matters.field(named: "source")?.type.label(of: "巡查") == "巡查")
    }
}
