// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridCrypto
import GridTesting
import Testing

@testable import GridLog

/// A vector of redaction.json: who has what destroyed, and what is left of runs.
struct VectorRedaction: Decodable, Sendable, CustomTestStringConvertible {
    struct Named: Decodable, Sendable {
        let area: String
        let lane: UInt8
        let replica: VectorBytes
        let sequence: UInt64
        let hash: VectorBytes
        /// Of rows alone; nil where nothing is said again.
        let restatement: VectorBytes?

        var entry: NamedEntry {
            get throws {
                let lane = try #require(Lane(rawValue: lane))
                let domain = Domain(area: try AreaCode(parsing: area), lane: lane)
                let log = LogID(replica: try replica.replica, domain: domain)
                return NamedEntry(
                    dot: Dot(log: log, sequence: sequence), hash: try hash.bytes32)
            }
        }
    }

    struct Order: Decodable, Sendable {
        struct Fields: Decodable, Sendable {
            let collection: UInt32
            let record: VectorBytes
            let fields: [UInt32]
            let reason: String
            let issuedAt: UInt64
            let rows: [Named]
        }

        /// The Ed25519 seed of the issuer; nil where the signature is not its own.
        let secret: VectorBytes?
        let bytes: VectorBytes
        let fields: Fields
        let digest: VectorBytes
        let recordId: VectorBytes

        /// The redaction, ordered again.
        func issued(with seed: [UInt8]) throws -> Redaction {
            Redaction(
                collection: fields.collection, record: try fields.record.record,
                fields: fields.fields, reason: fields.reason, issuedAt: fields.issuedAt,
                rows: try fields.rows.map {
                    Redaction.Row(entry: try $0.entry, restatement: try $0.restatement?.bytes32)
                }, issuedBy: Author(SigningKey(seed: seed)))
        }
    }

    struct Saying: Decodable, Sendable {
        let bytes: VectorBytes
        let digest: VectorBytes
        let recordId: VectorBytes
        let carriers: [Named]
    }

    struct Left: Decodable, Sendable {
        let bytes: VectorBytes
        let redacted: VectorBytes
        let changes: [[VectorChange]]
    }

    let name: String
    let root: VectorBytes
    let certificates: [VectorBytes]
    let cutOffs: [VectorBytes]
    let redactions: [Order]
    let restatements: [Saying]
    let runs: [Left]

    var testDescription: String { name }
}

struct RedactionVectorTests {
    private static let system: Set<UInt32> = [1, 2, 6, 7, 8]

    @Test(arguments: try VectorFile<VectorRedaction>.vectors("redaction"))
    func runsAreLeftAsInTheVectors(_ vector: VectorRedaction) throws {
        let certificates = try vector.certificates.map { try Certificate(decoding: $0.bytes) }
        let cutOffs = try vector.cutOffs.map { try CutOff(decoding: $0.bytes) }
        var random = SplitMix64()
        var directory = CertificateDirectory(root: PublicKey(try vector.root.bytes32))
        directory.add(certificates.shuffled(using: &random), cutOffs)
        var book = RedactionBook()
        for order in vector.redactions.shuffled(using: &random) {
            let redaction = try Redaction(decoding: order.bytes.bytes)
            #expect(redaction.encoded == order.bytes.bytes)
            #expect(redaction.hasValidSignature == (order.secret != nil))
            if let seed = order.secret?.bytes { #expect(try order.issued(with: seed) == redaction) }
            #expect(redaction.digest == (try order.digest.bytes32))
            #expect(redaction.recordID == (try order.recordId.record))
            book.add(redaction)
            book.settle(by: directory)
        }
        for saying in vector.restatements.shuffled(using: &random) {
            let restatement = try Restatement(decoding: saying.bytes.bytes)
            #expect(restatement.encoded == saying.bytes.bytes)
            #expect(restatement.digest == (try saying.digest.bytes32))
            #expect(restatement.recordID == (try saying.recordId.record))
            for carrier in saying.carriers { book.add(restatement, in: try carrier.entry) }
            book.settle(by: directory)
        }
        for left in vector.runs { try look(at: left, book) }
    }

    private func look(at left: VectorRedaction.Left, _ book: RedactionBook) throws {
        let run = try RunVerifier.verify(Run(decoding: left.bytes.bytes))
        let log = run.run.identity.log
        func named(_ place: Int) -> NamedEntry {
            NamedEntry(
                dot: Dot(log: log, sequence: run.entries[place].sequence), hash: run.hashes[place])
        }
        let places = run.entries.indices.filter { place in
            book.treatments[named(place)] != nil
                && run.entries[place].isRedactable(
                    in: log.domain.lane, system: Self.system, restatements: 7)
        }
        let sequences = book.sequences(in: log)
        let redacted = try run.redacted(at: Set(places), hidingSaltsOf: sequences) ?? run
        let theirs = try RunVerifier.verify(Run(decoding: left.redacted.bytes))
        #expect(redacted.hashes == run.hashes && theirs.hashes == run.hashes)
        #expect(redacted.run.entryBytes == theirs.run.entryBytes)
        #expect(!redacted.hasSeed(near: sequences) && !theirs.hasSeed(near: sequences))
        #expect(try RunVerifier.verify(Run(decoding: redacted.run.encoded)).hashes == run.hashes)
        for place in run.entries.indices {
            let restated = book.treatments[named(place)]?.restatements ?? []
            let changes = redacted.entries[place].changes(restated: restated)
            #expect(changes == (try left.changes[place].map { try $0.change }))
        }
    }
}
