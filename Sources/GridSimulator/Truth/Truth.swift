// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridSync

/// What the simulator itself knows of a world, apart from what any node says.
struct Truth {
    /// Every entry that someone wrote outside of lane 0, by its dot; one that was not committed in
    /// the end makes way for the next of its place.
    private(set) var entries: [Dot: ReferenceEntry] = [:]
    /// Entries that people were told are saved, and on which device, in order.
    private(set) var acknowledged: [(dot: Dot, device: Int)] = []
    /// What each device has committed.
    private(set) var heights: [Int: [LogID: UInt64]] = [:]
    /// The first 8 bytes of the hash at those heights.
    private var ends: [Int: [LogID: UInt64]] = [:]
    /// The first 8 bytes of the hash at each height that was seen.
    private var heads: [LogID: [UInt64: UInt64]] = [:]
    /// Acknowledged entries of which the only copies went with a disk that was put back.
    private(set) var goneWithTheDisk: Set<Dot> = []
    /// Areas in which a hostile writer has made two entries of one dot.
    private(set) var forkedAreas: Set<AreaCode> = []
    /// Areas and rights that keys are certified for.
    private(set) var certificates: [PublicKey: [Certificate]] = [:]
    private var doubtfulCertificates: [Certificate] = []
    private var doubtfulCutOffs: [CutOff] = []
    /// What keys have said without the right to.
    private(set) var falseCutOffs: [CutOff] = []
    private(set) var falseCertificates: [Certificate] = []
    /// What offices have said of area codes, in order.
    var areaChanges: [AreaChange] = []
    var doubtfulAreaChanges: [AreaChange] = []
    /// Which villages are one or heirs of others: by all that was ever said while a world lives, by
    /// what counts in the end.
    var ties = Ties()
    var everTies = Ties()
    var areTiesSettled = false
    /// By what counts in the end.
    var successors: [AreaCode: AreaCode] = [:]
    /// What was ordered to be destroyed.
    var destructions: [Destruction] = []
    /// Orders of which it was not told that they are done.
    private(set) var doubtfulRedactions: [(record: RecordKey, fields: Set<UInt32>?)] = []
    /// The digests of the orders that anybody knows.
    var knownRedactions: Set<Bytes32> = []
    /// Who was cut off, by the key.
    private(set) var cutOffs: [PublicKey: [CutOff]] = [:]
    /// The keys of logs that anyone has written.
    private var writers: [LogID: PublicKey] = [:]
    private(set) var violations: [Violation] = []
    /// The records that entries speak of, by domain, in order of appearance.
    private(set) var records: [Domain: [RecordKey]] = [:]
    private var knownRecords: Set<RecordKey> = []

    mutating func violate(_ promise: Violation.Promise, at time: UInt64, _ what: String) {
        violations.append(Violation(promise, at: time, what: what))
    }

    mutating func certify(_ certificate: Certificate) {
        certificates[certificate.subject, default: []].append(certificate)
    }

    /// The level at which a key may write in a domain by all that was ever certified.
    func level(of key: PublicKey, in domain: Domain) -> AreaLevel? {
        certificates[key]?.filter { certificate in
            (Self.lies(domain.area, in: certificate.area)
                || domain.lane != .authority && everTies.covers(certificate.area, domain.area))
                && certificate.rights.contains(.write)
                && (domain.lane != .authority || certificate.rights.contains(.certify))
        }.map(\.area.level).min()
    }

    /// Whether an area is another or lies in it, by the digits alone.
    static func lies(_ area: AreaCode, in other: AreaCode) -> Bool {
        area.description.hasPrefix(other.description)
    }

    mutating func cutOff(_ cutOff: CutOff) { cutOffs[cutOff.subject, default: []].append(cutOff) }

    /// Notes what somebody says without the right to.
    mutating func usurp(_ cutOff: CutOff) { falseCutOffs.append(cutOff) }
    mutating func usurp(_ certificate: Certificate) { falseCertificates.append(certificate) }

    func isCutOff(_ key: PublicKey) -> Bool { cutOffs[key] != nil }

    /// The height up to which a log counts; nil for one that goes on.
    func end(of log: LogID) -> UInt64? {
        if hasLapsed(log) { return 0 }
        return writers[log].flatMap { cutOffs[$0] }?.map { $0.row(of: log)?.height ?? 0 }.min()
    }

    func writer(of log: LogID) -> PublicKey? { writers[log] }

    /// Excuses cut-offs that nobody knows any more, of offices whose disk was put back.
    mutating func buryCutOffs(where isGone: (CutOff) -> Bool) {
        cutOffs = cutOffs.mapValues { $0.filter { !isGone($0) } }.filter { !$0.value.isEmpty }
    }

    /// Notes what an office has issued and was not told is kept.
    mutating func doubt(_ certificate: Certificate) { doubtfulCertificates.append(certificate) }

    mutating func redact(_ destruction: Destruction) { destructions.append(destruction) }

    /// The same of an order to destroy.
    mutating func doubt(record: RecordKey, fields: Set<UInt32>?) {
        doubtfulRedactions.append((record, fields))
    }

    /// The same of a cut-off.
    mutating func doubt(_ cutOff: CutOff) { doubtfulCutOffs.append(cutOff) }

    /// Takes for issued what is known to anybody after all.
    mutating func settleDoubts(
        certificate isKnown: (Certificate) -> Bool, cutOff isHeard: (CutOff) -> Bool
    ) {
        for certificate in doubtfulCertificates where isKnown(certificate) { certify(certificate) }
        for cutOff in doubtfulCutOffs where isHeard(cutOff) { self.cutOff(cutOff) }
        doubtfulCertificates = []
        doubtfulCutOffs = []
    }

    /// Notes what someone is about to commit.
    mutating func propose(_ entry: ReferenceEntry) {
        writers[entry.dot.log] = entry.key
        entries[entry.dot] = entry
        for change in entry.changes {
            let key = RecordKey(
                domain: entry.dot.log.domain, collection: change.collection,
                address: change.address)
            if knownRecords.insert(key).inserted { records[key.domain, default: []].append(key) }
        }
    }

    mutating func acknowledge(_ dot: Dot, by device: Int) { acknowledged.append((dot, device)) }

    /// Notes that a device has committed a log up to here.
    mutating func commit(_ row: FrontierRow, on device: Int, at time: UInt64) {
        heights[device, default: [:]][row.log] = row.height
        ends[device, default: [:]][row.log] = row.head
        guard !forkedAreas.contains(row.log.domain.area) else { return }
        if let head = heads[row.log]?[row.height], head != row.head {
            violate(.sequenceUsedTwice, at: time, "\(row.log)#\(row.height)")
        }
        heads[row.log, default: [:]][row.height] = row.head
    }

    /// Takes what a device has now for all that it has.
    mutating func replace(_ rows: [FrontierRow], on device: Int, at time: UInt64) {
        heights[device] = [:]
        ends[device] = [:]
        for row in rows { commit(row, on: device, at: time) }
    }

    func height(of log: LogID, on device: Int) -> UInt64 { heights[device]?[log] ?? 0 }

    /// Where a log ends on a device; nil when nothing of it is there.
    func end(of log: LogID, on device: Int) -> FrontierRow? {
        guard let height = heights[device]?[log], let head = ends[device]?[log] else { return nil }
        return FrontierRow(log: log, height: height, head: head)
    }

    /// The greatest height of a log that anyone was ever seen to have.
    func greatestHeight(of log: LogID) -> UInt64 { heads[log]?.keys.max() ?? 0 }

    func holds(_ dot: Dot, on device: Int) -> Bool {
        dot.sequence <= height(of: dot.log, on: device)
    }

    /// Excuses what was on one disk only, after that disk was put back.
    mutating func buryWhatIsGone() {
        for (dot, _) in acknowledged
        where !heights.values.contains(where: { dot.sequence <= $0[dot.log] ?? 0 }) {
            goneWithTheDisk.insert(dot)
        }
    }

    /// Excuses certificates that nobody knows any more, of offices whose disk was put back: no
    /// replica can act by them.
    mutating func buryCertificates(where isGone: (Certificate) -> Bool) {
        certificates = certificates.mapValues { $0.filter { !isGone($0) } }
    }

    mutating func fork(_ area: AreaCode) { forkedAreas.insert(area) }

    /// Forgets a device that is gone for good.
    mutating func retire(_ device: Int) { heights[device] = nil }
}
