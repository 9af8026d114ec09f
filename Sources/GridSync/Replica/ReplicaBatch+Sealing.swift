// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog

extension ReplicaBatch {
    /// Whether all that the news of a run writes into fields for named devices has the form of
    /// something sealed. What it holds only they can say.
    func isSealed(_ run: VerifiedRun, above height: UInt64) -> Bool {
        run.entries.allSatisfy { entry in
            entry.sequence <= height
                || (entry.changes ?? []).allSatisfy { change in
                    guard let sealing = rules.sealing(of: change.collection) else { return true }
                    return change.writes.allSatisfy(sealing.allows)
                }
        }
    }
}

extension FieldSealing {
    /// Whether an operation tells nothing but what everybody may know.
    package func allows(_ write: FieldWrite) -> Bool {
        if sealed.contains(write.field) {
            return values(of: write.operation)?.allSatisfy(SealedValue.isSealed) ?? false
        }
        if write.field == keys {
            return values(of: write.operation)?.allSatisfy { ReaderItem($0) != nil } ?? false
        }
        if write.field == readers { return allowsReaders(write.operation) }
        return true
    }

    private func allowsReaders(_ operation: FieldOperation) -> Bool {
        switch operation {
        case .clear: true
        case .assign(.list(let keys)):
            keys.allSatisfy { if case .bytes(let bytes) = $0 { bytes.count == 32 } else { false } }
        case .assign, .add, .remove, .append, .increment: false
        }
    }

    /// Nil for a number, which cannot be sealed.
    private func values(of operation: FieldOperation) -> [FieldValue]? {
        switch operation {
        case .assign(let value): [value]
        case .clear: []
        case .add(let values), .remove(let values), .append(let values): values
        case .increment: nil
        }
    }
}
