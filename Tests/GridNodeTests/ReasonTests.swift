// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridCrypto
import GridLog
import GridStore
import GridSync
import GridTransport
import Testing

@testable import GridNode

/// What the program can say of a link, an entry or a folder stands in the list of reasons.
struct ReasonTests {
    private func expectKnown(_ codes: [String], _ kind: Reason.Kind? = nil) {
        for code in codes {
            let reason = Reason.known(code)
            #expect(reason != nil, "\(code)")
            if let kind { #expect(reason?.kind == kind, "\(code)") }
        }
    }

    @Test func everyEndOfALinkHasWords() {
        let failures: [LinkFailure] = [
            .closed, .peerClosed, .refused, .unwanted, .connectionLost(""), .listenFailed(""),
            .handshakeTimedOut, .notOnegrid, .unsupportedVersion(2), .noise(.weakKey), .tooEarly,
            .requestTooLong(1), .frameTooLong(1), .frameEmpty, .silent(for: .seconds(1)),
        ]
        let faults: [ConnectFault] = [.portClosed, .unreachable, .timedOut, .nameUnknown, .other]
        expectKnown(failures.map(\.code), .link)
        expectKnown(faults.map { LinkFailure.connectFailed($0, "").code }, .link)
        expectKnown(LinkRefusal.allCases.map { LinkFailure.turnedAway($0).code }, .link)
    }

    @Test func everyEndOfASessionHasWords() {
        let violations: [SessionViolation] = [
            .malformed(.truncated), .runNotGenuine, .creditExceeded, .creditTooSmall,
            .creditTooLarge, .areaNotShared, .rowOutsideAreas, .secondTotals, .tooManyEnded,
            .receiptNotOffered, .tooManyReceipts, .receiptNotOurs, .receiptNotGenuine,
            .tooManyAudits, .auditNotAsked, .auditAnswerWrong,
        ]
        let reasons: [CloseReason] =
            violations.map { .violation($0) } + [
                .noCommonVersion, .nothingShared, .silent(seconds: 1), .peerCutOff, .shortened,
                .peerLeft(code: "shortened"), .leaving,
            ]
        expectKnown(reasons.map(\.code), .link)
    }

    @Test func everyCallThatIsTurnedAwayHasWords() {
        let refusals: [GreetingRefusal] =
            ChainRefusal.allCases.map { .chain($0) } + [
                .malformed(.truncated), .unknownChain, .keyMismatch, .mayNotRead, .paused,
                .noCommonVersion,
            ]
        expectKnown(refusals.map(\.code), .link)
    }

    @Test func everyEntryThatIsTurnedAwayHasWords() {
        let refusals: [Refusal] = [
            .violation(.entryTooLarge(sequence: 1)), .violation(.firstBacklinkWrong),
            .violation(.signatureWrong),
            .outsideScope, .unknownKey, .notEntitled, .cutOff, .endUnknown, .forked(at: 1),
            .valuesWithheld, .unsealedValue, .ownLogAhead, .tooMuchParked,
        ]
        expectKnown(refusals.map(\.code), .entry)
    }

    @Test func everyStateAndIncidentHasWords() {
        let states: [GridNode.LinkState] = [.connected, .connecting, .waiting, .paused, .absent]
        expectKnown(states.map(\.rawValue))
        expectKnown(Incident.Code.allCases.map(\.rawValue))
    }

    @Test func everyHindranceOfAnAuditHasWords() {
        let hindrances: [AuditHindrance] =
            AuditRefusal.allCases.map { AuditHindrance($0, number: 1) } + [
                .notOffered, .rationed, .unsettled, .unreadable, .notConnected, .linkEnded,
                .noAnswer, .notShared,
            ]
        expectKnown(hindrances.map(\.code), .audit)
        expectKnown(["tables_differ"], .finding)
    }

    @Test func whatNobodyHasSaidHasNone() {
        #expect(Reason.known("no_such_reason") == nil)
        #expect(Reason.of("no_such_reason").chinese == "no_such_reason")
        #expect(Reason.known("peer_left_no_such_reason") == nil)
    }
}
