// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridTesting
import Testing

/// Proofs that a key has forked its log, made of what it has signed.
struct BranchProofTests {
    /// Two logs that are one up to an entry.
    private func forked(_ trunk: Int, _ left: Int, _ right: Int) throws -> [[VerifiedRun]] {
        var pen = Pen(1)
        let common = trunk == 0 ? [] : [try pen.write(notes("t", trunk))]
        var (one, other) = (pen, pen)
        return [
            common + [try one.write(notes("l", left))],
            common + [try other.write(notes("r", right))],
        ]
    }

    private func notes(_ word: String, _ count: Int) -> [[DraftChange]] {
        (0..<count).map { [.note("\(word)\($0)")] }
    }

    private func directory() -> CertificateDirectory {
        CertificateDirectory(root: PublicKey(.zero))
    }

    @Test func twoBranchesOfOneEntryProveTheFork() throws {
        let branches = try forked(3, 2, 4)
        var directory = directory()
        for runs in branches {
            let proofs = try #require(BranchProof.proofs(of: [runs[1]], from: 4))
            #expect(proofs.count == 1)
            let areGenuine = proofs.map { directory.add($0) }
            #expect(areGenuine == [true])
        }
        let fork = try #require(directory.fork(of: branches[0][0].run.identity.log))
        #expect(fork.height == 3)
        #expect(fork.head == branches[0][0].hashes[2])
        #expect(directory.end(of: fork.identity) == LogEnd(height: 3, head: fork.head))
    }

    @Test func aProofThatBeginsInTheMiddleOfARunIsMadeOfTheRest() throws {
        var pen = Pen(1)
        let run = try pen.write(notes("t", 5))
        let proofs = try #require(BranchProof.proofs(of: [run], from: 3))
        #expect(proofs[0].backlink == run.hashes[1])
        #expect(proofs[0].hashes == Array(run.hashes[2...]))
        #expect(proofs[0].isGenuine)
        let front = run.part(upTo: 4)
        #expect(BranchProof.proofs(of: [front], from: 3) == nil)
    }

    @Test func aLongBranchIsProvedInPartsWhateverComesFirst() throws {
        var random = SplitMix64()
        let branches = try forked(1, 2, 2_500)
        let short = try #require(BranchProof.proofs(of: [branches[0][1]], from: 2))
        let long = try #require(BranchProof.proofs(of: [branches[1][1]], from: 2))
        #expect(long.count > 1)
        #expect(long.allSatisfy { $0.encoded.count <= ProtocolLimits.branchProofBytesMax })
        for _ in 0..<6 {
            var directory = directory()
            for proof in (short + long).shuffled(using: &random) {
                let isGenuine = directory.add(proof)
                #expect(isGenuine)
            }
            #expect(directory.forks.map(\.height) == [1])
            let shown = directory.branches(of: short[0].identity.log)
            #expect(shown.count == 2)
            #expect(shown.contains(long))
        }
        var incomplete = directory()
        for proof in short + long.dropLast() { incomplete.add(proof) }
        #expect(incomplete.forks.isEmpty)
    }

    @Test func aProofThatIsNotGenuineChangesNothing() throws {
        let branches = try forked(3, 2, 2)
        let proof = try #require(BranchProof.proofs(of: [branches[0][1]], from: 4))[0]
        var bytes = proof.encoded
        bytes[bytes.count - 1] ^= 1
        var directory = directory()
        let count = directory.count
        var isGenuine = directory.add(try BranchProof(decoding: bytes))
        #expect(!isGenuine)
        #expect(directory.count == count)
        // Another log's name makes other hashes: the signature is of none of them.
        bytes = proof.encoded
        bytes[33] ^= 1
        isGenuine = directory.add(try BranchProof(decoding: bytes))
        #expect(!isGenuine)
    }

    @Test func trailingBytesAndTooManyAreRefused() throws {
        let branches = try forked(0, 1, 1)
        let bytes = try #require(BranchProof.proofs(of: branches[0], from: 1))[0].encoded
        #expect(throws: DecodingViolation.trailingBytes) { try BranchProof(decoding: bytes + [0]) }
        let large = [UInt8](repeating: 1, count: ProtocolLimits.branchProofBytesMax + 1)
        #expect(throws: DecodingViolation.lengthTooLarge) { try BranchProof(decoding: large) }
    }

    /// By the rules of cut-offs: the village's office closes, a neighbour does not.
    @Test func theHeadThatAnOfficeNamesDecidesAndAProofAfterwardsDoesNot() throws {
        let branches = try forked(3, 2, 2)
        let (root, office) = (Pen(9), Pen(2))
        let key = Pen(1).author.key
        let area = Pen.area(Pen.villageText)
        let township = Pen.area("522730103")
        var directory = CertificateDirectory(root: root.author.key)
        for certificate in [
            Certificate(
                subject: root.author.key, name: "", area: Pen.area("522730"), rights: .all,
                validFrom: 0, issuedBy: root.author),
            Certificate(
                subject: office.author.key, name: "", area: township, rights: .all, validFrom: 0,
                issuedBy: root.author),
            Certificate(
                subject: key, name: "", area: area, rights: [.write, .read], validFrom: 0,
                issuedBy: office.author),
        ] {
            try directory.add(certificate)
        }
        let proofs = try branches.flatMap {
            try #require(BranchProof.proofs(of: [$0[1]], from: 4))
        }
        for proof in proofs { directory.add(proof) }
        let identity = branches[0][0].run.identity
        func word(by author: Author) -> CutOff {
            CutOff(
                subject: key, reason: .forkClosed, issuedAt: 0,
                rows: [
                    CutOff.Row(
                        log: identity.log, height: 5, head: branches[1][1].hashes[1])
                ], issuedBy: author)
        }
        directory.add(word(by: Pen(7).author))
        #expect(directory.end(of: identity)?.height == 3)
        directory.add(word(by: office.author))
        #expect(directory.end(of: identity)?.height == 5)
        let count = directory.count
        for proof in proofs { directory.add(proof) }
        #expect(directory.count == count)
        #expect(directory.end(of: identity)?.head == branches[1][1].hashes[1])
        // Who has not got there yet, or is on the other branch, has it up to the fork.
        #expect(directory.end(of: LogState(identity: identity))?.height == 3)
    }
}
