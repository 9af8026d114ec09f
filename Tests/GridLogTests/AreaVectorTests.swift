// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridLog
import Testing

/// The vectors of `Protocol/vectors/areas.json`.
struct AreaVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        struct Change: Decodable, Sendable {
            struct Fields: Decodable, Sendable {
                let kind: UInt8
                let from: String
                let to: String
                let day: UInt64
                let order: UInt64
                let note: String
                let issuedAt: UInt64
            }

            let bytes: VectorBytes
            let fields: Fields
            let secret: VectorBytes
            let digest: VectorBytes
            let recordId: VectorBytes
            let standing: String
        }

        struct Code: Decodable, Sendable {
            let code: String
            let now: String
        }

        struct Heirs: Decodable, Sendable {
            let code: String
            let villages: [String]
        }

        struct Place: Decodable, Sendable {
            let code: String
            let grid: String
            let village: String
        }

        let name: String
        let changes: [Change]
        let codes: [Code]
        let covers: [[String]]
        let heirs: [Heirs]
        let places: [Place]

        var testDescription: String { name }
    }

    private static let offices = [
        Seal.root, Seal.township, Seal.certificate(for: 9, by: 1, area: "522730102"),
    ]

    @Test(arguments: try VectorFile<Vector>.vectors("areas"))
    func changesAreTheVectorsBytesAndStandAlikeInEveryOrder(_ vector: Vector) throws {
        let changes = try vector.changes.map { given -> AreaChange in
            let change = try AreaChange(decoding: given.bytes.bytes)
            let fields = given.fields
            let step = AreaMap.Step(
                from: try AreaCode(parsing: fields.from), to: try AreaCode(parsing: fields.to),
                kind: try #require(AreaMap.Kind(rawValue: fields.kind)))
            let again = AreaChange(
                step, day: fields.day, order: fields.order, note: fields.note,
                issuedAt: fields.issuedAt,
                issuedBy: Author(SigningKey(seed: given.secret.bytes)))
            #expect(change == again)
            #expect(change.encoded == given.bytes.bytes)
            #expect(change.hasValidSignature)
            #expect(change.digest == (try given.digest.bytes32))
            #expect(change.recordID == (try given.recordId.record))
            return change
        }
        for order in [changes, changes.reversed()] {
            var directory = CertificateDirectory(root: Seal.rootKey)
            // Changes may come before the certificates that give them their weight.
            for change in order {
                let isGenuine = directory.add(change)
                #expect(isGenuine)
            }
            for certificate in Self.offices { try directory.add(certificate) }
            for (change, given) in zip(changes, vector.changes) {
                #expect(directory.standing(of: change)?.rawValue == given.standing)
            }
            for code in vector.codes {
                #expect(
                    directory.areas.current(try AreaCode(parsing: code.code)).description
                        == code.now)
            }
            for heirs in vector.heirs {
                let found = directory.areas.heirs(of: try AreaCode(parsing: heirs.code))
                #expect(found.map(\.description) == heirs.villages)
            }
            for place in vector.places {
                let found = directory.areas.place(
                    of: try AreaCode(parsing: place.code), grid: try AreaCode(parsing: place.grid))
                #expect(found.description == place.village)
            }
            let codes = try vector.codes.map { try AreaCode(parsing: $0.code) }
            let covers = codes.flatMap { left in
                codes.filter { $0.level <= .village && directory.areas.covers(left, $0) }.map {
                    [left.description, $0.description]
                }
            }
            #expect(covers == vector.covers)
        }
    }
}
