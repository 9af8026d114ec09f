// SPDX-License-Identifier: Apache-2.0

package import GridCore

/// A place in the change feed of one folder, behind the item that bears it.
///
/// As text `EPOCH:SEQUENCE:DIGEST`, 16 and 8 hexadecimal digits around a decimal number; within a
/// snapshot `@COLLECTION.ROW` follows. Readers keep it and do not look into it.
package struct FeedPosition: Hashable, Sendable {
    /// The last record that a snapshot has given.
    struct Place: Hashable, Sendable {
        /// Before every record.
        static let start = Place(collection: 0, row: 0)

        let collection: UInt32
        let row: Int64
    }

    /// Another one when the feed could not be continued.
    package let epoch: UInt64
    /// Counted from 1 without gaps; 0 is before the first change of the epoch.
    package let sequence: UInt64
    /// A digest of all changes of the epoch up to this one, by which an older image of the folder
    /// tells itself; 0 at sequence 0.
    package let mark: UInt32
    let snapshot: Place?

    init(epoch: UInt64, sequence: UInt64, mark: UInt32, snapshot: Place? = nil) {
        self.epoch = epoch
        self.sequence = sequence
        self.mark = mark
        self.snapshot = snapshot
    }

    /// Whether records of a snapshot are still to come.
    package var isInSnapshot: Bool { snapshot != nil }

    /// The same place with the records that are here before it.
    package var withSnapshot: FeedPosition { at(.start) }

    func at(_ snapshot: Place?) -> FeedPosition {
        FeedPosition(epoch: epoch, sequence: sequence, mark: mark, snapshot: snapshot)
    }

    /// Nil for anything else than what `description` gives.
    package init?(parsing text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count <= 2, parts.count == 3, parts[0].utf8.count == 16,
            parts[2].utf8.count == 8, let epoch = UInt64(parts[0], radix: 16),
            let sequence = UInt64(parts[1]), sequence <= UInt64(Int64.max),
            let mark = UInt32(parts[2], radix: 16)
        else { return nil }
        var snapshot: Place?
        if halves.count == 2 {
            let place = halves[1].split(separator: ".", omittingEmptySubsequences: false)
            guard place.count == 2, let collection = UInt32(place[0]), let row = Int64(place[1])
            else { return nil }
            snapshot = Place(collection: collection, row: row)
        }
        self.init(epoch: epoch, sequence: sequence, mark: mark, snapshot: snapshot)
        guard description == text else { return nil }
    }
}

extension FeedPosition: CustomStringConvertible {
    package var description: String {
        let place = snapshot.map { "@\($0.collection).\($0.row)" } ?? ""
        return "\(Self.digits(epoch, 16)):\(sequence):\(Self.digits(UInt64(mark), 8))\(place)"
    }

    private static func digits(_ number: UInt64, _ count: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: count - text.utf8.count) + text
    }
}

/// One change of a record, with the record as it is when the feed is read.
package struct FeedItem: Sendable {
    /// What a commit has done to a record.
    package enum Operation: Int64, Sendable, CaseIterable {
        case created = 1
        case changed = 2
        /// Its flag is lowered.
        case archived = 3
        /// Nothing: it is given in a snapshot.
        case present = 0
    }

    package let position: FeedPosition
    package let operation: Operation
    package let record: RecordDisplay
}

/// Which changes are wanted.
package struct FeedFilter: Sendable {
    /// Numbers of collections; nil for all.
    package var collections: Set<UInt32>?
    /// Only of records that lie in this area now.
    package var area: AreaCode?
    /// By which its codes, and those of what lies in it now, are resolved.
    package var areas = AreaMap()

    package init(collections: Set<UInt32>? = nil, area: AreaCode? = nil) {
        self.collections = collections
        self.area = area
    }
}

/// Why a feed does not go on from a position.
package enum FeedBreak: String, Error, Hashable, Sendable {
    /// The position is of another epoch, or of another past of this one: the tables were built
    /// anew, or the folder is a copy or an older image.
    case otherEpoch = "feed_reset"
    /// Changes after it are no longer kept.
    case expired = "feed_expired"
}
