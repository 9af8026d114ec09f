// SPDX-License-Identifier: Apache-2.0

import Foundation
import GridCore
import GridLog
import GridStore
import GridSync

/// Values that an office has destroyed.
extension World {
    /// The office of a device orders what some fields of a record hold to be destroyed.
    func redact(_ device: SimulatedDevice, _ seed: UInt64) {
        // The county may do so everywhere, and does not ask the township.
        var offices = Dice(seed: seed &+ 0x0FF1CE)
        guard device.number < plan.devices.count,
            let own = plan.devices[device.number].issuer.map({ devices[$0] })
        else { return }
        let office = offices.chance(400) ? devices[0] : own
        guard let replica = office.replica, !isCutOff(office) else { return }
        var dice = Dice(seed: seed)
        let records = truth.records.keys.sorted().flatMap { truth.records[$0] ?? [] }.filter {
            Truth.lies($0.domain.area, in: office.area)
        }
        guard !records.isEmpty else { return }
        let key = dice.pick(records)
        let fields: Set<UInt32>? =
            dice.chance(300) ? nil : [UInt32(1 + dice.below(9)), UInt32(1 + dice.below(9))]
        do {
            guard let found = try replica.store.recordStates()[key] else { return }
            let ordered = try replica.redact(
                RedactionOrder(record: found.state, fields: fields, reason: "本人要求"),
                now: office.wall(now))
            story.count(.redactions)
            story.tell(
                at: now, office.name, "删除 \(key.collection) 的内容,涉及\(ordered.redactions.count)份",
                "has values destroyed")
            for redaction in ordered.redactions {
                truth.redact(
                    Truth.Destruction(
                        redaction: redaction, record: key, fields: fields, isAcknowledged: true))
            }
            publish(ordered.news, of: office)
        } catch RedactionRefusal.nothingToDestroy {
            story.tell(at: now, office.name, "没有可删除的内容", "has nothing to destroy")
        } catch {
            // What was not acknowledged may have been kept all the same.
            truth.doubt(record: key, fields: fields)
        }
        countNewReplicas(office)
        lookWhetherItIsShorter(office)
        planUpkeep(office)
        lookWhetherItStopped(office)
    }

    /// Every order is with everyone who carries its area, and nobody has what it destroys.
    func judgeRedactions() {
        let restored = Set(devices.filter(\.wasRestored).map(\.author.key))
        for destruction in truth.destructions
        where destruction.isAcknowledged && !truth.isInForce(destruction) {
            let redaction = destruction.redaction
            guard !restored.contains(redaction.issuer), !truth.isCutOff(redaction.issuer),
                !truth.forkedAreas.contains(destruction.record.domain.area)
            else { continue }
            return violate(.redactedIsThere, "nobody knows \(redaction.recordID)")
        }
        for device in devices where !isCutOff(device) {
            guard let replica = device.replica else { continue }
            for destruction in truth.destructions where truth.isInForce(destruction) {
                guard let area = destruction.redaction.rows.first?.entry.dot.log.domain.area,
                    truth.carries(device.area, area), !truth.forkedAreas.contains(area)
                else { continue }
                if replica.replica.redactions.redactions[destruction.redaction.digest] == nil {
                    return violate(
                        .redactedIsThere, "\(device.name) does not know \(destruction.redaction)")
                }
            }
            do {
                if let place = try placeOfRedacted(in: replica) {
                    return violate(.redactedIsThere, "\(device.name) has the values of \(place)")
                }
            } catch {
                violate(.doesNotWork, "\(device.name) cannot be searched: \(error)")
            }
        }
    }

    /// An entry of a folder's ledger that still has values which an order has destroyed, or a
    /// restatement of it that has.
    private func placeOfRedacted(in replica: FolderReplica) throws -> String? {
        let ranges = try replica.store.logs().filter { $0.height > 0 }.map {
            FetchRequest.Range(log: $0.identity.log, first: 1)
        }
        let runs = try replica.store.runs(
            for: FetchRequest(lane: .authority, ranges: ranges, bytes: .max))
        for outgoing in runs where !truth.forkedAreas.contains(outgoing.log.domain.area) {
            let run = try RunVerifier.read(RunEnvelope.open(outgoing.envelope))
            for (entry, hash) in zip(run.entries, run.hashes) where !entry.isWithheld {
                let dot = Dot(log: outgoing.log, sequence: entry.sequence)
                if truth.names(NamedEntry(dot: dot, hash: hash)) { return Self.short(dot) }
                for restatement in restatements(in: entry) where says(restatement, of: runs) {
                    return "\(Self.short(restatement.entry.dot)), said again in \(Self.short(dot))"
                }
            }
        }
        return nil
    }

    private func restatements(in entry: Entry) -> [Restatement] {
        (entry.changes ?? []).filter { $0.collection == SystemCollection.restatements }
            .flatMap { SystemCollection.restatements(in: $0.writes) }
    }

    /// Whether a restatement says what an order has destroyed.
    private func says(_ restatement: Restatement, of runs: [OutgoingRun]) -> Bool {
        let dot = restatement.entry.dot
        guard let changes = truth.entries[dot]?.changes,
            let envelope = runs.filter({ $0.log == dot.log && $0.last >= dot.sequence })
                .min(by: { $0.last < $1.last })?.envelope,
            let run = try? RunVerifier.read(RunEnvelope.open(envelope)),
            run.hash(at: dot.sequence) == restatement.entry.hash
        else { return false }
        let entry = run.entries[Int(dot.sequence - run.run.first)]
        guard entry.isWithheld else { return false }
        return entry.remainder(restated: [restatement]) { place, field in
            changes.indices.contains(place)
                && self.truth.isDestroyed(
                    dot, changes[place].collection, changes[place].address, field)
        } != nil
    }
}
