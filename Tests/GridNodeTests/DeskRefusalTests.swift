// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync
import Testing

@testable import GridNode

/// What befalls a node so seldom that no story waits for it, and what it is to whoever asked.
struct DeskRefusalTests {
    private struct Surprise: Error {}

    @Test func aFailureOfTheNodeHasItsOwnCode() {
        #expect(DeskRefusal(failure: Surprise()).code == "failed")
        #expect(DeskRefusal(failure: StoreFailure.diskFull(path: "/p")).code == "disk_full")
        #expect(DeskRefusal(failure: StoreFailure.damaged(what: "x")).code == "store_damaged")
        #expect(
            DeskRefusal(failure: StoreFailure.irreplaceable(what: "x")).code == "irreplaceable")
        #expect(DeskRefusal(FolderReplica.CommitFailure.diskFull).code == "disk_full")
        #expect(DeskRefusal(FolderReplica.CommitFailure.stopped(Surprise())).code == "store_failed")
    }

    @Test func aRefusedWriteHasItsOwnCode() {
        #expect(DeskRefusal(WriteRefusal.outsideScope(.county)).code == "outside_scope")
        #expect(DeskRefusal(WriteRefusal.cutOff(.county)).code == "key_cut_off")
        #expect(DeskRefusal(WriteRefusal.notEntitled(.county)).code == "not_entitled")
    }

    @Test func anIDThatWasDrawnTwiceIsAskedForAgain() {
        #expect(DeskRefusal(InvitationRefusal.idTaken).code == "id_taken")
        #expect(DeskRefusal(InvitationRefusal.otherCertificate).code == "other_certificate")
    }

    @Test func aRedactionThatCannotBeHasItsOwnCode() {
        let dot = Dot(
            log: LogID(
                replica: LogIdentity.replica(
                    key: PublicKey(Bytes32(words: (1, 2, 3, 4))),
                    nonce: ReplicaNonce(high: 1, low: 2)),
                domain: Domain(area: .county, lane: .routine)), sequence: 1)
        #expect(DeskRefusal(redaction: .notEntitled(.county)).code == "may_not_redact")
        #expect(DeskRefusal(redaction: .nothingToDestroy).code == "nothing_to_redact")
        #expect(
            DeskRefusal(redaction: .holdsSystemRecords(dot)).code == "holds_system_records")
        #expect(
            DeskRefusal(redaction: .restatementTooLarge(dot)).code == "restatement_too_large")
    }

    @Test func aBundleThatCannotBeMadeOrReadHasItsOwnCode() {
        let codes: [(BundleFailure, String, DeskRefusal.Kind)] = [
            (.notABundle, "not_a_bundle", .malformed),
            (.forAnother(key: "k"), "bundle_for_another", .malformed),
            (.incomplete, "bundle_incomplete", .malformed),
            (.damaged(what: "x"), "bundle_damaged", .malformed),
            (.malformed(code: "unknown_tag"), "bundle_malformed_unknown_tag", .malformed),
            (.badRecipient, "bad_recipient", .wrongValues),
            (.missing(path: "/p"), "file_missing", .notFound),
            (.noRoom(path: "/p", needed: 2, free: 1), "no_room", .tryAgain),
            (.system(path: "/p", reason: "x"), "file_failed", .failed),
        ]
        for (failure, code, kind) in codes {
            let refusal = DeskRefusal(failure)
            #expect(refusal.code == code)
            #expect(refusal.kind == kind)
        }
    }

    @Test func aCutOffByWhoStandsBelowHasNoWeight() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let engine = try openEngine(try county.makeVillage("522730103210", name: "茶香村"))
        let cutOff = CutOff(
            subject: county.townshipChain.leaf.subject, reason: .lost, issuedAt: 1, rows: [],
            issuedBy: engine.author)
        await #expect {
            try await engine.publish(cutOff)
        } throws: {
            ($0 as? DeskRefusal)?.code == "cut_off_without_weight"
        }
    }

    /// Who is late is told to come again, and that nothing was saved.
    @Test func anEngineThatHasEndedSaysThatItIsStopping() async throws {
        let county = try TestCounty()
        defer { county.remove() }
        let engine = try openEngine(try county.makeVillage("522730103210", name: "茶香村"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await engine.run() }
            group.cancelAll()
            try await group.waitForAll()
        }
        await #expect {
            try await engine.submit(WriteRequest(collection: "matters", fields: [:]))
        } throws: {
            ($0 as? DeskRefusal)?.code == "stopping"
        }
    }
}

extension AreaCode {
    fileprivate static var county: AreaCode {
        guard let area = try? AreaCode(parsing: "522730") else {
            preconditionFailure("a county's code is one")
        }
        return area
    }
}
