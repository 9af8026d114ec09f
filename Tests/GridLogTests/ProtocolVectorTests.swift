// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridTesting
import Testing

@testable import GridLog

/// Protocol/vectors, which an independent reader made.
struct ProtocolVectorTests {
    struct ValueVector: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: VectorBytes
        let value: VectorValue

        var testDescription: String { name }
    }

    @Test(arguments: try VectorFile<ValueVector>.vectors("values"))
    func everyValueIsReadAndWrittenAsInTheVectors(_ vector: ValueVector) throws {
        var reader = ByteReader(vector.bytes.bytes)
        #expect(try reader.value() == vector.value.value)
        try reader.finish()
        var writer = ByteWriter()
        writer.value(vector.value.value)
        #expect(writer.bytes == vector.bytes.bytes)
    }

    @Test(arguments: try VectorFile<VectorEntry>.vectors("entries"))
    func everyEntryIsReadHashedAndWrittenAsInTheVectors(_ vector: VectorEntry) throws {
        let run = try vector.run
        #expect(run.identity.digest == (try vector.logDigest.bytes32))
        #expect(run.identity.log == (try vector.log.id))
        let verified = try RunVerifier.read(run)
        let entry = try #require(verified.entries.first)
        let contextChanges = try vector.contextChanges.map { try $0.change }
        #expect(entry.timestampChange == vector.timestampChange)
        #expect(entry.contextChanges == contextChanges)
        #expect(entry.valuesHash == (try vector.valuesHash.bytes32))
        #expect(Array(run.entryBytes[entry.head]) == vector.head.bytes)
        #expect(verified.hashes == [try vector.hash.bytes32])
        guard let values = vector.values else {
            #expect(entry.changes == nil)
            return
        }
        let changes = try vector.changes.map { try $0.change }
        #expect(entry.changes == changes)
        var writer = ByteWriter()
        writer.entryHead(
            timestampChange: entry.timestampChange, contextChanges: contextChanges,
            valuesLength: values.bytes.count, changes: changes)
        #expect(writer.bytes == vector.head.bytes)
        writer = ByteWriter()
        writer.values(changes)
        #expect(writer.bytes == values.bytes)
    }

    @Test func everyLogResolvesToTheContextsTimesAndRecordsOfTheVectors() throws {
        var logs: [LogID: LogState] = [:]
        for vector in try VectorFile<VectorEntry>.vectors("entries") {
            guard let heights = vector.context else { continue }
            let identity = try vector.identity
            var log = logs[identity.log] ?? LogState(identity: identity)
            let verified = try RunVerifier.read(try vector.run)
            let (timestamp, changes) = try log.resolve(try #require(verified.entries.first))
            let context = VersionVector(
                try heights.map {
                    (
                        LogID(replica: try $0.replica.replica, domain: identity.domain),
                        $0.height
                    )
                })
            #expect(timestamp.rawValue == vector.timestamp, "\(vector.name)")
            #expect(log.context == context, "\(vector.name)")
            let records = changes.map { RecordNaming.id(of: $0.address) }
            #expect(records == (try vector.recordIds?.map { try $0.record }), "\(vector.name)")
            #expect(log.head == (try vector.backlink.bytes32), "\(vector.name)")
            log.advance(to: verified.hashes[0])
            logs[identity.log] = log
        }
    }

    @Test(arguments: try VectorFile<VectorRun>.vectors("runs"))
    func everyRunIsReadVerifiedAndWrittenAsInTheVectors(_ vector: VectorRun) throws {
        let run = try Run(decoding: vector.bytes.bytes)
        #expect(run == (try vector.run))
        #expect(run.encoded == vector.bytes.bytes)
        #expect(run.identity.log.replica == (try vector.replica.replica))
        let verified = try RunVerifier.verify(run)
        #expect(verified.hashes == (try vector.hashes.map { try $0.bytes32 }))
        let author = Author(SigningKey(seed: vector.secret.bytes))
        #expect(author.sign(.entry, over: try #require(verified.hashes.last)) == run.signature)
        #expect(try RunEnvelope.open(vector.envelope.bytes) == run)
        #expect(try RunEnvelope.open(RunEnvelope.seal(run)) == run)
        if let columns = vector.columns?.bytes {
            let split = try #require(RunColumns.split(run.entryBytes, entries: run.count))
            #expect(split.columns == columns)
        }
        if let parts = vector.parts {
            #expect(Run.joined(try parts.map { try Run(decoding: $0.bytes) }) == run)
        }
    }

    @Test(arguments: try VectorFile<VectorChain>.vectors("certificates"))
    func everyChainHoldsOrBreaksAsInTheVectors(_ vector: VectorChain) throws {
        var certificates: [Certificate] = []
        for link in vector.certificates {
            let certificate = try Certificate(decoding: link.bytes.bytes)
            #expect(certificate.encoded == link.bytes.bytes)
            #expect(certificate.hasValidSignature == (link.secret != nil))
            if let seed = link.secret?.bytes {
                #expect(try link.issued(with: seed) == certificate)
            }
            #expect(certificate.name == link.fields.name)
            #expect(certificate.signature == link.fields.signature.bytes)
            #expect(certificate.digest == (try link.digest.bytes32))
            #expect(certificate.recordID == (try link.recordId.record))
            certificates.append(certificate)
        }
        let chain = CertificateChain(certificates)
        if let bytes = vector.bytes?.bytes {
            #expect(try CertificateChain(decoding: bytes) == chain)
            #expect(chain.encoded == bytes)
        }
        let rootKey = PublicKey(try vector.root.bytes32)
        var refusal: ChainRefusal?
        do throws(ChainRefusal) {
            _ = try VerifiedChain.verify(chain, root: rootKey)
        } catch {
            refusal = error
        }
        #expect(refusal?.rawValue == vector.refusal)
    }

    @Test(arguments: try VectorFile<VectorCutOffs>.vectors("cutoffs"))
    func cutOffsWeighWhatTheyDoInTheVectors(_ vector: VectorCutOffs) throws {
        var random = SplitMix64()
        let certificates = try vector.certificates.map { try Certificate(decoding: $0.bytes) }
        var cutOffs: [CutOff] = []
        for word in vector.cutOffs {
            let cutOff = try CutOff(decoding: word.bytes.bytes)
            #expect(cutOff.encoded == word.bytes.bytes)
            #expect(cutOff.hasValidSignature == (word.secret != nil))
            if let seed = word.secret?.bytes { #expect(try word.issued(with: seed) == cutOff) }
            #expect(cutOff.digest == (try word.digest.bytes32))
            #expect(cutOff.recordID == (try word.recordId.record))
            cutOffs.append(cutOff)
        }
        for _ in 0..<20 {
            let directory = try Self.directory(
                certificates, cutOffs, root: vector.root.bytes32, &random)
            for log in vector.logs {
                let identity = try log.identity
                let end = directory.end(of: identity)
                #expect(end?.height == log.end?.height, "\(log.area) \(log.lane) \(random.seed)")
                #expect(end?.head == (try log.end?.head?.bytes32))
                let level = directory.level(of: identity.key, in: identity.domain)
                #expect(level?.digits == log.level, "\(log.area) \(log.lane) \(random.seed)")
            }
        }
    }

    @Test(arguments: try VectorFile<VectorForks>.vectors("forks"))
    func forksLieWhereTheyDoInTheVectors(_ vector: VectorForks) throws {
        var random = SplitMix64()
        var proofs: [BranchProof] = []
        for one in vector.proofs {
            let proof = try BranchProof(decoding: one.bytes.bytes)
            #expect(proof.encoded == one.bytes.bytes)
            #expect(proof.hashes == (try one.hashes.map { try $0.bytes32 }))
            #expect(proof.digest == (try one.digest.bytes32))
            #expect(proof.recordID == (try one.recordId.record))
            #expect(proof.isGenuine == one.genuine)
            proofs.append(proof)
        }
        for _ in 0..<20 {
            var directory = CertificateDirectory(root: PublicKey(.zero))
            for proof in proofs.shuffled(using: &random) { directory.add(proof) }
            let fork = directory.forks.first
            #expect(fork?.height == vector.fork?.height, "\(random.seed)")
            #expect(fork?.head == (try vector.fork?.head.bytes32))
            #expect(fork?.firsts == (try vector.fork?.firsts.map { try $0.bytes32 }))
            #expect(directory.forks.count <= 1)
        }
    }

    /// What is known when everything has come, in some order or at once.
    private static func directory(
        _ certificates: [Certificate], _ cutOffs: [CutOff], root: Bytes32,
        _ random: inout SplitMix64
    ) throws -> CertificateDirectory {
        var directory = CertificateDirectory(root: PublicKey(root))
        guard random.below(4) > 0 else {
            directory.add(
                certificates.shuffled(using: &random), cutOffs.shuffled(using: &random))
            return directory
        }
        for place in Array(0..<certificates.count + cutOffs.count).shuffled(using: &random) {
            if place < certificates.count {
                try? directory.add(certificates[place])
            } else {
                directory.add(cutOffs[place - certificates.count])
            }
        }
        return directory
    }

    struct RecordVector: Decodable, Sendable, CustomTestStringConvertible {
        struct Creation: Decodable, Sendable {
            let log: VectorLog
            let sequence: UInt64
            let index: UInt16
        }

        struct NaturalKey: Decodable, Sendable {
            let collection: UInt32
            let area: String
            let key: [VectorValue]
        }

        let name: String
        let text: String
        /// Nil where the text is no record's.
        let id: VectorBytes?
        let otherTexts: [String]?
        let created: Creation?
        let named: NaturalKey?

        var testDescription: String { name }
    }

    @Test(arguments: try VectorFile<RecordVector>.vectors("records"))
    func everyRecordIsNamedAsInTheVectors(_ vector: RecordVector) throws {
        let id = try vector.id?.record
        #expect(RecordID(parsing: vector.text) == id)
        guard let id else { return }
        #expect(id.description == vector.text)
        for text in vector.otherTexts ?? [] { #expect(RecordID(parsing: text) == id) }
        if let origin = vector.created {
            let dot = Dot(log: try origin.log.id, sequence: origin.sequence)
            #expect(RecordNaming.id(createdAt: dot, index: origin.index) == id)
        }
        if let origin = vector.named {
            let found = RecordNaming.id(
                collection: origin.collection, area: try AreaCode(parsing: origin.area),
                key: origin.key.map(\.value))
            #expect(found == id)
        }
    }

    struct ViolationVector: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        let bytes: VectorBytes
        let violation: String

        var testDescription: String { "\(kind): \(name)" }

        /// All but those of greetings and messages, which GridSyncTests reads.
        static func belowMessages() throws -> [ViolationVector] {
            try VectorFile<ViolationVector>.vectors("violations")
                .filter { $0.kind != "greeting" && $0.kind != "message" }
        }
    }

    @Test(arguments: try ViolationVector.belowMessages())
    func everyViolationHasTheCodeOfTheVectors(_ vector: ViolationVector) throws {
        var code: String?
        do {
            try read(vector.kind, vector.bytes.bytes)
        } catch let violation as DecodingViolation {
            code = violation.rawValue
        } catch let violation as RunViolation {
            code = Self.code(of: violation)
        }
        #expect(code == vector.violation)
    }

    @Test func everyViolationHasAVector() throws {
        let vectors = try VectorFile<ViolationVector>.vectors("violations")
        let missing = Set(DecodingViolation.allCases.map(\.rawValue))
            .subtracting(vectors.map(\.violation))
        #expect(missing.isEmpty)
    }

    @Test func everyRefusalOfAChainHasAVector() throws {
        let vectors = try VectorFile<VectorChain>.vectors("certificates")
        // Those two are a directory's, not a chain's own.
        let missing = Set(ChainRefusal.allCases.map(\.rawValue))
            .subtracting([ChainRefusal.issuerCutOff, .keyCutOff].map(\.rawValue))
            .subtracting(vectors.compactMap(\.refusal))
        #expect(missing.isEmpty)
    }

    private func read(_ kind: String, _ bytes: [UInt8]) throws {
        var reader = ByteReader(bytes)
        switch kind {
        case "flag":
            _ = try reader.flag()
            try reader.finish()
        case "unsigned":
            _ = try reader.unsigned()
            try reader.finish()
        case "value":
            _ = try reader.value()
            try reader.finish()
        case "certificate": _ = try Certificate(decoding: bytes)
        case "chain": _ = try CertificateChain(decoding: bytes)
        case "envelope":
            _ = try RunVerifier.verify(try RunEnvelope.open(bytes))
        case "run": _ = try RunVerifier.verify(try Run(decoding: bytes))
        case "log":
            let verified = try RunVerifier.verify(try Run(decoding: bytes))
            var log = LogState(identity: verified.run.identity)
            for (entry, hash) in zip(verified.entries, verified.hashes) {
                _ = try log.resolve(entry)
                log.advance(to: hash)
            }
        case "receipt": _ = try Receipt(decoding: bytes)
        case "proof": _ = try ReceiptProof(decoding: bytes)
        default: Issue.record("no object is a \(kind)")
        }
    }

    private static func code(of violation: RunViolation) -> String {
        switch violation {
        case .malformed(let violation): violation.rawValue
        case .entryTooLarge: "entry_too_large"
        case .firstBacklinkWrong: "first_backlink_wrong"
        case .signatureWrong: "signature_wrong"
        }
    }
}
