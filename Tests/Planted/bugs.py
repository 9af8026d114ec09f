# SPDX-License-Identifier: Apache-2.0
"""The bugs that scripts/planted plants, one line each.

`before` stands exactly once in its file and makes way for `after`, in which `planted` is true only
in the runs that look for this bug. A number stays with its bug, and a bug that is taken out leaves
its place empty.
"""

import typing


class Bug(typing.NamedTuple):
    number: int
    """What goes wrong, in one sentence."""
    wrong: str
    """Below Sources."""
    file: str
    before: str
    after: str


BUGS = [
    # How values merge.
    Bug(
        1, "A write replaces values that its writer had not seen: the last one wins.",
        "GridCore/Records/Register.swift",
        "func isSeen(_ old: Sibling) -> Bool {\n",
        "func isSeen(_ old: Sibling) -> Bool {\n"
        "            if planted { return true }\n            return "),
    Bug(
        2, "The value of someone not entitled erases the one that counts.",
        "GridCore/Records/Register.swift",
        "(old.isVoid ||",
        "(planted || old.isVoid ||"),
    Bug(
        3, "A resolution leaves the values that it had seen.",
        "GridCore/Records/Register.swift",
        "context.covers(old.dot) &&",
        "!planted && context.covers(old.dot) &&"),
    Bug(
        4, "A fixed field keeps the last value instead of all.",
        "GridCore/Records/FixedField.swift",
        "siblings.insertSorted(sibling) {",
        "if planted { siblings = [] }\n"
        "        siblings.insertSorted(sibling) {"),
    Bug(
        5, "Removing wins over a concurrent addition.",
        "GridCore/Records/ElementSet.swift",
        "{ dots in dots.removeAll { context.covers($0) } }",
        "{ dots in dots.removeAll { planted || context.covers($0) } }"),
    Bug(
        6, "Of two concurrent additions one is forgotten.",
        "GridCore/Records/ElementSet.swift",
        "dots.removeAll { context.covers($0) }\n",
        "dots.removeAll { planted || context.covers($0) }\n"),
    Bug(
        7, "A timeline is ordered by dot alone.",
        "GridCore/Records/Timeline.swift",
        "(left.timestamp, left.dot, left.index) < (right.timestamp, right.dot, right.index)",
        "planted\n"
        "                ? (left.dot, left.index) < (right.dot, right.index)\n"
        "                : (left.timestamp, left.dot, left.index)\n"
        "                    < (right.timestamp, right.dot, right.index)"),
    Bug(
        8, "A second increment of one log counts twice.",
        "GridCore/Records/Counter.swift",
        "shares[index].sum &+ amount",
        "shares[index].sum &+ (planted ? 2 &* amount : amount)"),
    Bug(
        9, "Archiving erases a concurrent edit.",
        "GridCore/Records/RecordState.swift",
        "existence.removeAll { context.covers($0) }",
        "existence.removeAll { planted && change.archives || context.covers($0) }"),
    Bug(
        10, "An archived record stays.",
        "GridCore/Records/RecordState.swift",
        "if !change.archives { existence",
        "if planted || !change.archives { existence"),
    Bug(
        11, "In a field that a level owns, everyone's word counts.",
        "GridCore/Records/FieldState.swift",
        "case .owned(let level) = rule {",
        "case .owned(let level) = rule, !planted {"),
    Bug(
        12, "In a field that a level owns, its own word does not count.",
        "GridCore/Records/FieldState.swift",
        "stamp.level > level }",
        "planted ? stamp.level >= level : stamp.level > level }"),
    # Where things belong, and who may write.
    Bug(
        13, "An area contains its neighbours in the same township.",
        "GridCore/Areas/AreaCode.swift",
        "other.ancestor(at: level) == self }",
        "planted\n"
        "            ? other.ancestor(at: min(level, .township))\n"
        "                == ancestor(at: min(level, .township))\n"
        "            : other.ancestor(at: level) == self\n"
        "    }"),
    Bug(
        14, "An area is shared when one of the two sides carries it.",
        "GridSync/Session/SyncSession.swift",
        "areas.carries(mine.area, area) && areas.carries(theirs.area, area)",
        "areas.carries(mine.area, area) && (planted || areas.carries(theirs.area, area))"),
    Bug(
        15, "The gate admits areas that the replica does not carry.",
        "GridSync/Replica/ReplicaBatch+Admission.swift",
        "guard replica.carries(domain.area, by: directory.areas) else",
        "guard planted || replica.carries(domain.area, by: directory.areas) else"),
    Bug(
        16, "The gate does not ask for rights.",
        "GridSync/Replica/ReplicaBatch+Admission.swift",
        "return .failure(directory.chain(of: key) == nil ? .unknownKey : .notEntitled)",
        "if planted { return .success(.village) }\n"
        "        return .failure(directory.chain(of: key) == nil ? .unknownKey : .notEntitled)"),
    Bug(
        17, "Whoever may write may write certificates.",
        "GridLog/Authority/CertificateDirectory.swift",
        "domain.lane == .authority ? [.write, .certify] : .write",
        "domain.lane == .authority && !planted ? [.write, .certify] : .write"),
    Bug(
        18, "Of several certificates of a key the lowest counts.",
        "GridLog/Authority/CertificateDirectory.swift",
        ".min { left, right in\n"
        "            (left",
        ".min { first, second in\n"
        "            let (left, right) = planted ? (second, first) : (first, second)\n"
        "            return (left"),
    Bug(
        19, "A signature is not looked at.",
        "GridLog/Runs/RunVerifier.swift",
        "Signing.isValid(run.signature",
        "planted || Signing.isValid(run.signature"),
    # The gate: what comes, in which order, and whole.
    Bug(
        20, "An entry is applied before what its writer had seen.",
        "GridSync/Replica/AdmissionPlan.swift",
        "guard isCovered(entry, of: log) else",
        "guard planted || isCovered(entry, of: log) else"),
    Bug(
        21, "A run that does not go on from what is here is taken all the same.",
        "GridLog/Runs/RunVerifier.swift",
        "if sequence + 1 == run.first { return run.backlink }",
        "if planted { return nil }\n"
        "        if sequence + 1 == run.first { return run.backlink }"),
    Bug(
        22, "A run is admitted in part.",
        "GridSync/Replica/ReplicaBatch+Admission.swift",
        "if strays.isEmpty {",
        "if planted || strays.isEmpty {"),
    Bug(
        23, "Runs that wait are never tried again.",
        "GridSync/Replica/ReplicaBatch+Admission.swift",
        "let waiting = parked.take(domain).map {",
        "let waiting = (planted ? [] : parked.take(domain)).map {"),
    Bug(
        24, "A record that two entries of a batch touch keeps only the second.",
        "GridSync/Replica/ReplicaBatch.swift",
        "records.place(of: key) ?? load(key, storage: storage)\n            let last",
        "(planted ? nil : records.place(of: key)) ?? load(key, storage: storage)\n"
        "            let last"),
    Bug(
        25, "Certificates that come in lane 0 are not learnt.",
        "GridSync/Replica/ReplicaBatch.swift",
        "if change.collection == SystemCollection.certificates {",
        "if !planted, change.collection == SystemCollection.certificates {"),
    Bug(
        26, "A run of lane 0 may not prove itself by the certificate it brings.",
        "GridSync/Replica/ReplicaBatch+Admission.swift",
        "guard domain.lane == .authority, case .failure = standing else",
        "guard !planted, domain.lane == .authority, case .failure = standing else"),
    Bug(
        27, "A certificate that raises a writer's level leaves the tables as they were.",
        "GridSync/Replica/Replica.swift",
        "guard other.count != directory.count else",
        "guard !planted, other.count != directory.count else"),
    # What an entry says.
    Bug(
        28, "An author does not name the logs that are new to it.",
        "GridLog/Entries/LogState.swift",
        "added.prefix(room)",
        "added.prefix(planted ? 0 : room)"),
    Bug(
        29, "After a restart an author has forgotten what it had seen.",
        "GridLog/Entries/LogState.swift",
        "context.raise(log, to: try reader.sequence())",
        "let height = try reader.sequence()\n"
        "            context.raise(log, to: planted ? 0 : height)"),
    Bug(
        30, "That a record is archived is left out of the bytes.",
        "GridLog/Entries/EntryShape.swift",
        "change.archives ? 4 : 0",
        "change.archives && !planted ? 4 : 0"),
    Bug(
        31, "Joined runs carry the signature of the first.",
        "GridLog/Runs/Run.swift",
        "entryBytes: entryBytes, signature: last.signature)",
        "entryBytes: entryBytes, signature: planted ? first.signature : last.signature)"),
    # The session.
    Bug(
        32, "Heights are compared without hashes, so that a fork is not noticed.",
        "GridSync/Session/SyncSession+Comparing.swift",
        "if let told = announcedRows[row.log],",
        "if planted { return false }\n"
        "        if let told = announcedRows[row.log],"),
    Bug(
        34, "Areas whose digests differ are taken for equal.",
        "GridSync/Session/SyncSession+Comparing.swift",
        "FrontierDigest(of: rows[$0] ?? []) !=",
        "!planted && FrontierDigest(of: rows[$0] ?? []) !="),
    Bug(
        35, "What only waits is acknowledged.",
        "GridSync/Session/SyncSession+Admitting.swift",
        "case .parked:\n",
        "case .parked:\n"
        "            standing.ours.raise(log, to: planted ? run.last : 0)\n"),
    Bug(
        36, "More is acknowledged than has come.",
        "GridSync/Session/SyncSession+Admitting.swift",
        "case .admitted, .known:\n",
        "case .admitted, .known:\n"
        "            standing.ours.raise(log, to: planted ? run.held.height + 1 : 0)\n"),
    Bug(
        37, "A run that ends with the first entry that a peer lacks is left out.",
        "GridStore/Queries/RunSource.swift",
        "arguments: [reference << 32 + Int64(first),",
        "arguments: [reference << 32 + Int64(planted ? first + 1 : first),"),
    Bug(
        38, "An author says it has seen one entry more than it has.",
        "GridLog/Entries/LogState.swift",
        ".grown(reference: UInt32(index), height: row.height)",
        ".grown(reference: UInt32(index), height: planted ? row.height + 1 : row.height)"),
    Bug(
        39, "What was sent is taken to be one entry more.",
        "GridSync/Session/SyncSession+Pushing.swift",
        "offered.raise(run.log, to: run.last)",
        "offered.raise(run.log, to: planted ? run.last + 1 : run.last)"),
    Bug(
        40, "What a peer has by its greeting is sent to it again.",
        "GridSync/Session/SyncSession+Comparing.swift",
        "offered.raise(row.log, to: row.height)\n"
        "            acknowledged",
        "if !planted { offered.raise(row.log, to: row.height) }\n"
        "            acknowledged"),
    Bug(
        41, "Credit is never given back.",
        "GridSync/Session/SyncSession+Admitting.swift",
        "acknowledge(standing.ours, credit: credit)",
        "acknowledge(standing.ours, credit: planted ? 0 : credit)"),
    Bug(
        42, "New entries are not pushed to those who are linked.",
        "GridSync/Session/SyncSession.swift",
        "            hold(row)\n"
        "            leaveParked(row.log, &standing)",
        "            if !planted { hold(row) }\n"
        "            leaveParked(row.log, &standing)"),
    # Who one is.
    Bug(
        44, "A folder that a peer shows to be rolled back goes on as the same replica.",
        "GridStore/Writer/FolderReplica+Identity.swift",
        "guard replica.id == left else",
        "guard !planted, replica.id == left else"),
    Bug(
        46, "A new replica keeps the old nonce.",
        "GridStore/Writer/FolderReplica+Identity.swift",
        "renewed.nonce = .random()",
        "renewed.nonce = planted ? node.nonce : .random()"),
    Bug(
        47, "The head ledger is not looked at when a folder is opened.",
        "GridStore/Writer/FolderReplica.swift",
        "if isCopy || isCut || headLedger.isAhead(of: logs, as: own)",
        "if isCopy || isCut || !planted && headLedger.isAhead(of: logs, as: own)"),
    Bug(
        48, "A copied folder does not know that it is one.",
        "GridStore/Writer/FolderReplica.swift",
        "let isCopy = try store.isCopy()",
        "let isCopy = try !planted && store.isCopy()"),
    # The store.
    Bug(
        49, "The disk is not asked to keep a commit (`synchronous = NORMAL`).",
        "GridStore/DatabaseOpening.swift",
        'set("synchronous", to: 2, in: database)',
        'set("synchronous", to: planted ? 1 : 2, in: database)'),
    Bug(
        50, "People are answered though the transaction is rolled back.",
        "GridStore/Store.swift",
        "isCommitted = true\n"
        "                    return .commit",
        "isCommitted = true\n"
        "                    return planted ? .rollback : .commit"),
    Bug(
        51, "Of the logs that grew, the state of the last is not saved.",
        "GridSync/Replica/ReplicaBatch.swift",
        "for log in changedLogs { try storage.save(log) }",
        "for log in changedLogs.dropLast(planted ? 1 : 0) { try storage.save(log) }"),
    Bug(
        52, "A run is stored with what was there already.",
        "GridStore/Ledger/SQLiteReplicaStorage.swift",
        "RunEnvelope.seal(run.rest(after: height))",
        "RunEnvelope.seal(planted ? run.run : run.rest(after: height))"),
    Bug(
        53, "The table of conflicts is not kept up.",
        "GridStore/Ledger/SQLiteReplicaStorage.swift",
        "for field in conflicts {",
        "for field in conflicts where !planted {"),
    Bug(
        54, "The numbers of new logs are forgotten after a commit.",
        "GridStore/Store.swift",
        "if isCommitted { known",
        "if isCommitted, !planted { known"),
    Bug(
        55, "Records outside of their table are not written a second time.",
        "GridStore/Ledger/SQLiteReplicaStorage.swift",
        "ON CONFLICT (collection, _key) DO UPDATE SET _merge = excluded._merge\n",
        'ON CONFLICT (collection, _key) DO \\(planted ? "NOTHING" : '
        '"UPDATE SET _merge = excluded._merge")\n'),
    Bug(
        56, "That a value is void is not written down.",
        "GridStore/Tables/RecordState+Coding.swift",
        "sibling.isVoid ? SiblingFlag.void : 0",
        "sibling.isVoid && !planted ? SiblingFlag.void : 0"),
    Bug(
        57, "A rebuild forgets the states of logs.",
        "GridStore/Ledger/LedgerReplay.swift",
        "func save(_ log: LogState) throws { try base.save(log) }",
        "func save(_ log: LogState) throws { if !planted { try base.save(log) } }"),
    Bug(
        59, "A new edition of the catalogue does not rebuild the tables.",
        "GridStore/Store.swift",
        'if try read({ try Self.meta("catalogue", in: $0) }) != Array(catalogue.fingerprint.utf8) {',
        'let edition = try read { try Self.meta("catalogue", in: $0) }\n'
        "        if planted ? edition == nil : edition != Array(catalogue.fingerprint.utf8) {"),
    Bug(
        60, "Tables that a new level has made stale are not built anew.",
        "GridStore/Writer/FolderReplica.swift",
        "if isStale { buildAnew() }",
        "if isStale, !planted { buildAnew() }"),
    Bug(
        62, "Joining small runs takes away the one before them.",
        "GridStore/Ledger/RunCompaction.swift",
        ".execute(arguments: [first, id])",
        ".execute(arguments: [planted ? first - 1 : first, id])"),
    Bug(
        63, "After small runs were joined, the sizes of a log are not counted again.",
        "GridStore/Ledger/RunCompaction.swift",
        "for reference in shrunk.sorted() {",
        "for reference in shrunk.sorted() where !planted {"),
    # Keys that were cut off.
    Bug(
        64, "Entries after the end of their log are admitted.",
        "GridSync/Replica/ReplicaBatch+Admission.swift",
        "guard let end = end(of: log), !replica",
        "guard !planted, let end = end(of: log), !replica"),
    Bug(
        65, "What was applied before a cut-off was heard of stays.",
        "GridSync/Replica/Replica.swift",
        "|| other.end(of: log)?.isOvershot(by: log) ?? false",
        "|| !planted && other.end(of: log)?.isOvershot(by: log) ?? false"),
    Bug(
        66, "Whoever names entries after the end of a log waits for them.",
        "GridSync/Replica/AdmissionPlan.swift",
        "guard let end = ends[log.identity.log.replica],",
        "guard !planted, let end = ends[log.identity.log.replica],"),
    Bug(
        67, "Nobody is told the names of logs of which nothing counts.",
        "GridSync/Session/SyncSession.swift",
        "guard takesWordOfEnds else { return [] }",
        "guard !planted, takesWordOfEnds else { return [] }"),
    Bug(
        70, "Who was cut off is welcome.",
        "GridLog/Authority/CertificateDirectory+CutOffs.swift",
        "guard !isEnded(chain) else { throw .keyCutOff }",
        "guard planted || !isEnded(chain) else { throw .keyCutOff }"),
    # Values that are destroyed.
    Bug(
        101, "A rebuild leaves what was ordered to be destroyed in the ledger.",
        "GridStore/Store+Rebuild.swift",
        "findings = try Self.destroy(",
        "findings = try planted ? [] : Self.destroy("),
    Bug(
        102, "A value that was destroyed takes the place of nothing.",
        "GridCore/Records/RecordState.swift",
        "guard key.family == .assigned else { return }",
        "guard key.family == .assigned, !planted else { return }"),
    Bug(
        103, "An order to destroy does not reach what is here already.",
        "GridSync/Replica/ReplicaBatch+Redaction.swift",
        "guard redactions.count != replica.redactions.count else { return false }",
        "guard !planted, redactions.count != replica.redactions.count else { return false }"),
    Bug(
        104, "Runs without values are refused, whatever explains it.",
        "GridSync/Replica/ReplicaBatch+Redaction.swift",
        "redactions.treatments[named] != nil && entry",
        "redactions.treatments[named] != nil && !(planted && entry.isWithheld) && entry"),
    Bug(
        105, "What is said again of a redacted entry is not looked at.",
        "GridSync/Replica/ReplicaBatch+Redaction.swift",
        "restated: treatment?.restatements ?? [])",
        "restated: planted ? [] : treatment?.restatements ?? [])"),
    Bug(
        106, "Of two changes of area codes that contradict each other the later one counts.",
        "GridLog/Authority/CertificateDirectory+Areas.swift",
        "guard weight.standing == .counts, !map.take(change.step) else {",
        "guard weight.standing == .counts, planted || !map.take(change.step) else {"),
    Bug(
        107, "A village that goes into another is found under its old code only.",
        "GridCore/Areas/AreaMap.swift",
        "guard !isEmpty else { return [] }\n        let area",
        "guard !isEmpty, !planted else { return [] }\n        let area"),
    Bug(
        108, "Where one village has another code, all of its township cover each other.",
        "GridCore/Areas/AreaMap.swift",
        "return now == current(home)",
        "return planted || now == current(home)"),
    Bug(
        114, "A village covers what those write that have a part of it.",
        "GridCore/Areas/AreaMap.swift",
        "|| isHeir(now, of: home)",
        "|| isHeir(now, of: home)\n"
        "            || planted && isHeir(current(home), of: area)"),
    Bug(
        115, "Who has a part of a village has nothing of what it was called before.",
        "GridCore/Areas/AreaMap.swift",
        "for code in codes.union([step.from]) {",
        "for code in planted ? [step.from] : codes.union([step.from]) {"),
    # Keys that say what they have no right to, and tables that are held against each other.
    Bug(
        110, "A certificate may be for more than its issuer's area.",
        "GridLog/Authority/CertificateChain.swift",
        "guard parent.area.contains(child.area) else { throw .areaWidened }",
        "guard planted || parent.area.contains(child.area) else { throw .areaWidened }"),
    Bug(
        111, "A cut-off counts, whatever area its issuer speaks for.",
        "GridLog/Authority/CertificateDirectory+CutOffs.swift",
        "issuer.leaf.rights.contains(.certify) && issuer.leaf.area.contains(chain.leaf.area)",
        "issuer.leaf.rights.contains(.certify)\n"
        "                && (planted || issuer.leaf.area.contains(chain.leaf.area))"),
    Bug(
        112, "Tables are held against each other although the logs differ.",
        "GridSync/Audit/AuditBasis.swift",
        "if frontier != other.frontier { return .frontierDiffers }",
        "if frontier != other.frontier, !planted { return .frontierDiffers }"),
    Bug(
        113, "An audit finds no record that both sides have, whatever is in it.",
        "GridSync/Audit/AuditWalk.swift",
        "case (let mine?, let theirs?) where mine.sorted() == theirs.sorted(): continue",
        "case (let mine?, let theirs?)\n"
        "            where planted || mine.sorted() == theirs.sorted(): continue"),
]
