// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
import GridLog

/// One record as an audit sees it (Protocol/table-audit.md, "Tree").
package struct AuditLeaf: Hashable, Sendable {
    /// What tells records of one area apart.
    package struct Name: Hashable, Comparable, Sendable {
        package let lane: Lane
        package let collection: UInt32
        package let id: RecordID

        package init(lane: Lane, collection: UInt32, id: RecordID) {
            self.lane = lane
            self.collection = collection
            self.id = id
        }

        package static func < (left: Name, right: Name) -> Bool {
            (left.lane, left.collection, left.id) < (right.lane, right.collection, right.id)
        }
    }

    package let name: Name
    /// Of the merge state; zero where the row cannot be read.
    package let digest: Bytes32
    /// Where the record lies in the tree: a hash of its name, so that nobody chooses it.
    package let place: UInt64

    package init(_ name: Name, digest: Bytes32) {
        self.name = name
        self.digest = digest
        var writer = ByteWriter(reserving: 16)
        writer.auditName(name)
        place = Hashing.digest(writer.bytes, personal: .auditPlace).words.0
    }

    static func precedes(_ left: AuditLeaf, _ right: AuditLeaf) -> Bool {
        (left.place, left.name, left.digest) < (right.place, right.name, right.digest)
    }
}

/// A node of the tree: the first steps of the places below it, each of 6 bits.
package struct AuditPrefix: Hashable, Comparable, Sendable {
    package static let root = AuditPrefix(steps: [])
    static let stepBits = 6

    /// At most `ProtocolLimits.auditStepsMax`, each below `ProtocolLimits.auditFanOut`.
    package let steps: [UInt8]

    package init(steps: [UInt8]) {
        precondition(
            steps.count <= ProtocolLimits.auditStepsMax
                && steps.allSatisfy { $0 < ProtocolLimits.auditFanOut },
            "\(steps) are no steps of a tree")
        self.steps = steps
    }

    package func child(_ step: Int) -> AuditPrefix { AuditPrefix(steps: steps + [UInt8(step)]) }

    /// Whether there is room for one more step.
    var isInner: Bool { steps.count < ProtocolLimits.auditStepsMax }

    /// The places below this node.
    package var places: ClosedRange<UInt64> {
        let shift = UInt64(64 - Self.stepBits * steps.count)
        let bits = steps.reduce(UInt64(0)) { $0 << UInt64(Self.stepBits) | UInt64($1) }
        // A shift by 64 gives 0.
        let first = bits << shift
        return first...(first | (UInt64.max >> UInt64(Self.stepBits * steps.count)))
    }

    package static func < (left: AuditPrefix, right: AuditPrefix) -> Bool {
        left.steps.lexicographicallyPrecedes(right.steps)
    }
}

/// What one side says of the records below a node.
package enum AuditPart: Hashable, Sendable {
    /// A digest for each child in order; 0 where nothing lies below it.
    case children([UInt64])
    /// Few enough to be named, in the order of the tree.
    case records([Row])

    package struct Row: Hashable, Sendable {
        package let name: AuditLeaf.Name
        package let digest: UInt64

        package init(name: AuditLeaf.Name, digest: UInt64) {
            self.name = name
            self.digest = digest
        }
    }
}

/// All records of one area as the tables had them at one time. What it says of a node is a function
/// of the records below it and of the asker's nonce.
package struct AuditTree: Sendable {
    /// In the order of the tree.
    package let leaves: [AuditLeaf]

    package init(_ leaves: some Sequence<AuditLeaf>) {
        self.leaves = leaves.sorted(by: AuditLeaf.precedes)
    }

    /// The digest of the whole.
    package func digest(_ nonce: AuditWord) -> AuditWord {
        AuditWord(Self.digest(of: leaves[...], nonce))
    }

    /// What lies below a node.
    package func part(_ prefix: AuditPrefix, _ nonce: AuditWord) -> AuditPart {
        let below = leaves(below: prefix)
        guard below.count > ProtocolLimits.auditRecordsNamedMax, prefix.isInner else {
            return .records(
                below.prefix(ProtocolLimits.auditRecordsNamedMax).map { Self.row($0, nonce) })
        }
        return .children(children(prefix, nonce))
    }

    /// The digests of a node's children.
    ///
    /// - Precondition: the node has room for one more step.
    func children(_ prefix: AuditPrefix, _ nonce: AuditWord) -> [UInt64] {
        (0..<ProtocolLimits.auditFanOut).map { step in
            let below = leaves(below: prefix.child(step))
            return below.isEmpty ? 0 : Self.digest(of: below, nonce).words.0
        }
    }

    func leaves(below prefix: AuditPrefix) -> ArraySlice<AuditLeaf> {
        let places = prefix.places
        let start = firstIndex { $0.place >= places.lowerBound }
        let end = firstIndex { $0.place > places.upperBound }
        return leaves[start..<end]
    }

    static func row(_ leaf: AuditLeaf, _ nonce: AuditWord) -> AuditPart.Row {
        AuditPart.Row(name: leaf.name, digest: digest(of: [leaf][...], nonce).words.0)
    }

    /// Finds where the leaves begin to be so; they are so from there on.
    private func firstIndex(where isSo: (AuditLeaf) -> Bool) -> Int {
        var low = 0
        var high = leaves.count
        while low < high {
            let middle = (low + high) / 2
            if isSo(leaves[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func digest(
        of leaves: ArraySlice<AuditLeaf>, _ nonce: AuditWord
    ) -> Bytes32 {
        var writer = ByteWriter(reserving: 16 + 32 * leaves.count)
        writer.auditWord(nonce)
        for leaf in leaves { writer.raw(leaf.digest) }
        return Hashing.digest(writer.bytes, personal: .audit)
    }
}
