// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GridCodec
import GridCore
import GridLog
import GridSync

/// What stays known of lane 0 where its entries do not count.
extension Store {
    /// What proves itself does not go with a run of lane 0 that does not count. What this node's own
    /// office had said and is not in lane 0 it says once more.
    ///
    /// - Parameters:
    ///   - isSaidOnceMore: the run is in lane 0 now, and is being taken out.
    ///   - isForked: false for a log that was cut off, of which certificates and proofs are kept.
    static func keepAuthority(
        in run: VerifiedRun, isSaidOnceMore: Bool, in database: Database,
        allOf isForked: Bool = true
    ) throws {
        guard run.run.identity.domain.lane == .authority else { return }
        let own = try meta("chain", in: database).flatMap {
            try CertificateChain(decoding: $0).certificates.last
        }
        let isOwn = isForked && own?.subject == run.run.identity.key
        func keep(
            _ table: String, _ digest: Bytes32, _ bytes: [UInt8], in collection: UInt32,
            _ id: RecordID
        ) throws {
            let waiting =
                try isOwn
                && (isSaidOnceMore
                    || !isSaid(collection, id, toAllIn: own?.area, in: database))
            try insert(table, digest: digest, bytes, waiting: waiting, in: database)
        }
        for proof in SystemCollection.branchProofs(in: run) where proof.isGenuine {
            try keep(
                "branch_proofs", proof.digest, proof.encoded, in: SystemCollection.forks,
                proof.recordID)
        }
        // Of what its keys wrote others are to know that it ends.
        for certificate in SystemCollection.certificates(in: run)
        where certificate.hasValidSignature {
            try keep(
                "certificates", certificate.digest, certificate.encoded,
                in: SystemCollection.certificates, certificate.recordID)
        }
        guard isForked else { return }
        for cutOff in SystemCollection.cutOffs(in: run) where cutOff.hasValidSignature {
            try keep(
                "cutoffs", cutOff.digest, cutOff.encoded, in: SystemCollection.cutOffs,
                cutOff.recordID)
        }
        for change in SystemCollection.areaChanges(in: run) where change.hasValidSignature {
            try keep(
                "area_changes", change.digest, change.encoded, in: SystemCollection.areaChanges,
                change.recordID)
        }
    }

    /// The same for what redactions leave of entries: the orders themselves are noted where they are
    /// learnt.
    static func keepRestatements(
        in run: VerifiedRun, in database: Database, _ seal: FolderSeal
    ) throws {
        var found = RedactionBook()
        found.add(from: run)
        guard !found.knownRestatements.isEmpty else { return }
        var book = try keptRedactions(in: database, seal)
        book.add(from: run)
        try keep(book, in: database, seal)
    }

    /// Whether a record stands in lane 0 where everyone finds it who carries an area.
    private static func isSaid(
        _ collection: UInt32, _ id: RecordID, toAllIn area: AreaCode?, in database: Database
    ) throws -> Bool {
        try Int.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT 1 FROM other_records
                    WHERE collection = ? AND id = ? AND _lane = ? AND ? LIKE _area || '%'
                    """),
            arguments: [
                collection, id.description, Lane.authority.rawValue, area?.description ?? "",
            ]) != nil
    }

    /// All that the entries of lane 0 say which proves itself, in the order of their runs. Runs that cannot
    /// be read are left out: others find them.
    func authoritySaid() throws -> (words: [AuthorityWord], proofs: [BranchProof]) {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, first, envelope FROM runs JOIN logs ON logs.ref = runs.id >> 32
                    WHERE logs.lane = ? ORDER BY runs.id
                    """, arguments: [Lane.authority.rawValue])
            var (words, proofs): ([AuthorityWord], [BranchProof]) = ([], [])
            while let row = try rows.next() {
                guard let run = Self.read(row, seal) else { continue }
                words += SystemCollection.certificates(in: run).map(AuthorityWord.certificate)
                words += SystemCollection.cutOffs(in: run).map(AuthorityWord.cutOff)
                words += SystemCollection.areaChanges(in: run).map(AuthorityWord.areaChange)
                proofs += SystemCollection.branchProofs(in: run)
            }
            return (words, proofs)
        }
    }

    /// Keeps words that came outside of any log, all of them or none; those that wait are to be written
    /// into lane 0.
    ///
    /// - Parameter isStale: whether records are to be built anew by them.
    func keep(
        _ words: [AuthorityWord], waiting: (AuthorityWord) -> Bool, isStale: Bool
    ) throws {
        if isStale { try markStale() }
        try write { database in
            for word in words {
                let table =
                    switch word {
                    case .certificate: "certificates"
                    case .cutOff: "cutoffs"
                    case .areaChange: "area_changes"
                    }
                try Self.insert(
                    table, digest: word.digest, word.content, waiting: waiting(word), in: database)
            }
        }
    }

    /// The words that are kept and stand in no record of lane 0, ascending by digest. The root's own
    /// certificate is everybody's.
    func unsaidWords() throws -> [AuthorityWord] {
        let words =
            try certificates().all.filter { !$0.isSelfIssued }.map(AuthorityWord.certificate)
            + cutOffs().all.map(AuthorityWord.cutOff)
            + areaChanges().all.map(AuthorityWord.areaChange)
        return try read { database in
            try words.filter { word in
                let record = word.record
                return try Int.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT 1 FROM other_records
                            WHERE collection = ? AND id = ? AND _lane = ?
                            """),
                    arguments: [
                        record.collection, record.id.description, Lane.authority.rawValue,
                    ]) == nil
            }
        }
    }
}

extension AuthorityWord {
    /// The collection and record in lane 0 in which it would stand.
    fileprivate var record: (collection: UInt32, id: RecordID) {
        switch self {
        case .certificate(let certificate): (SystemCollection.certificates, certificate.recordID)
        case .cutOff(let cutOff): (SystemCollection.cutOffs, cutOff.recordID)
        case .areaChange(let change): (SystemCollection.areaChanges, change.recordID)
        }
    }
}
