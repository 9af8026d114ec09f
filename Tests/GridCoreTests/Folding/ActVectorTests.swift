// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import Testing

/// The program folds as the second reader does: Protocol/vectors/acts.json.
struct ActVectorTests {
    private struct File: Decodable {
        struct Vector: Decodable {
            struct Item: Decodable {
                let milliseconds: UInt64
                let counter: UInt16
                let replica: String
                let sequence: UInt64
                let index: UInt16
                let parts: [String: JSONValue]
            }

            let name: String
            let machine: String
            let acts: [Item]
            let state: String
            let outcomes: [[String]]
        }

        let vectors: [Vector]
    }

    private static func vectors() throws -> [File.Vector] {
        var folder = URL(filePath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        let file = folder.appending(path: "Protocol/vectors/acts.json")
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).vectors
    }

    private static let machines: [String: StateMachine] = [
        "matters": .matters, "disputes": .disputes, "hazards": .hazards, "unit_heads": .unitHeads,
    ]

    private static func act(_ item: File.Vector.Item) throws -> Act {
        var parts: [String: FieldValue] = [:]
        for (name, value) in item.parts {
            switch value {
            case .text(let text): parts[name] = .text(text)
            case .boolean(let boolean): parts[name] = .boolean(boolean)
            case .null, .integer, .number, .list, .object: break
            }
        }
        let log = LogID(
            replica: try #require(ReplicaID(hexadecimal: item.replica)),
            domain: Domain(area: TestActs.area, lane: .urgent))
        return Act(
            Timeline.Item(
                value: .map(of: parts), dot: Dot(log: log, sequence: item.sequence),
                index: item.index,
                timestamp: HybridTimestamp(
                    milliseconds: item.milliseconds, counter: item.counter)))
    }

    @Test func everyVectorFoldsToItsStateAndOutcomes() throws {
        let vectors = try Self.vectors()
        #expect(vectors.count >= 40)
        for vector in vectors {
            let machine = try #require(Self.machines[vector.machine])
            let folded = machine.fold(try vector.acts.map(Self.act))
            #expect(folded.state == vector.state, "\(vector.name)")
            let outcomes = folded.acts.map { step -> [String] in
                let outcome =
                    switch step.outcome {
                    case .moved: "moved"
                    case .noted: "noted"
                    case .waiting: "waiting"
                    case .void(let void): void.rawValue
                    }
                return [step.act.id, outcome, step.state]
            }
            #expect(outcomes == vector.outcomes, "\(vector.name)")
        }
    }
}
