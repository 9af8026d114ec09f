// SPDX-License-Identifier: Apache-2.0

import GridCodec
package import GridCore
package import GridCrypto

/// The content keys of one record, as far as one device has them, and who else has which.
///
/// A key *counts* when it stands in the entry that created the record, or when somebody who has a
/// key that counts has said that it comes after that. So nobody who was never named becomes a reader
/// by writing into the record, whatever he writes. The *heads* are the keys that count and that none
/// that counts comes after: more than one where readers were changed concurrently.
package struct RecordKeys: Sendable {
    package let place: SealedPlace
    /// The keys that this device has, whether they count or not.
    package private(set) var held: [ContentKeyID: ContentKey] = [:]
    /// Ascending.
    package private(set) var heads: [ContentKeyID] = []
    private var counting: Set<ContentKeyID> = []
    private var readers: [ContentKeyID: Set<PublicKey>] = [:]

    /// - Parameters:
    ///   - kept: keys that the folder has kept from an earlier key of its node.
    package init(
        of state: RecordState, _ sealing: FieldSealing, for reader: Author,
        kept: [ContentKey] = []
    ) {
        place = SealedPlace(of: state)
        for key in kept { held[ContentKeyID(of: key, at: place)] = key }
        let items = Self.items(of: state, sealing)
        var grants: [ReaderGrant] = []
        var links: [ReaderLink] = []
        for (item, _) in items {
            switch item {
            case .grant(let grant): grants.append(grant)
            case .link(let link): links.append(link)
            }
        }
        var tries = 0
        for grant in grants
        where grant.reader == reader.key && held[grant.key] == nil
            && tries < ProtocolLimits.readerKeysMax
        {
            tries += 1
            guard let key = reader.open(grant, of: place),
                ContentKeyID(of: key, at: place) == grant.key
            else { continue }
            held[grant.key] = key
        }
        for grant in grants {
            guard let key = held[grant.key], grant.isGenuine(under: key, at: place) else {
                continue
            }
            readers[grant.key, default: []].insert(grant.reader)
        }
        let roots = items.compactMap { item, isFirst in
            if isFirst, case .grant(let grant) = item { grant.key } else { nil }
        }
        count(from: Set(roots), links)
    }

    /// Whether this device may write what the others of the record shall read: it has every key
    /// that a write has to come after.
    package var mayWrite: Bool { !heads.isEmpty && heads.allSatisfy { held[$0] != nil } }

    /// Who has a key that this device has.
    package func readers(of key: ContentKeyID) -> Set<PublicKey> { readers[key] ?? [] }

    /// Who has all the keys that the next value may be sealed with.
    package var currentReaders: Set<PublicKey> {
        guard let first = heads.first else { return [] }
        return heads.dropFirst().reduce(readers(of: first)) { $0.intersection(readers(of: $1)) }
    }

    /// The keys that count and that this device has: what a new reader is given. Ascending.
    package var shared: [ContentKeyID] { counting.filter { held[$0] != nil }.sorted() }

    /// The value that is sealed; nil where this device has not the key, or it was altered.
    package func open(_ value: FieldValue, field: UInt32) -> FieldValue? {
        guard let id = SealedValue.keyID(of: value), let key = held[id] else { return nil }
        return SealedValue.open(value, field: field, at: place, with: key)
    }

    private mutating func count(from roots: Set<ContentKeyID>, _ links: [ReaderLink]) {
        counting = roots
        var superseded: Set<ContentKeyID> = []
        var open = roots.sorted()
        var byFormer: [ContentKeyID: [ReaderLink]] = [:]
        for link in links { byFormer[link.former, default: []].append(link) }
        while let former = open.popLast() {
            guard let key = held[former] else { continue }
            for link in byFormer[former] ?? []
            where link.key != former && link.isGenuine(under: key, at: place) {
                superseded.insert(former)
                if counting.insert(link.key).inserted { open.append(link.key) }
            }
        }
        // Keys that come after each other in a ring are somebody's mischief: none of them is last.
        let last = counting.subtracting(superseded)
        heads = (last.isEmpty ? counting : last).sorted()
    }

    /// The items of a record's timeline of keys that have a form, and whether each stands in the
    /// entry that created the record: those first.
    private static func items(
        of state: RecordState, _ sealing: FieldSealing
    ) -> [(item: ReaderItem, isFirst: Bool)] {
        let key = FieldKey(field: sealing.keys, family: .items)
        guard case .timeline(let timeline)? = state[key],
            case .created(let creation, _) = state.address
        else { return [] }
        let items = timeline.items.compactMap { item in
            ReaderItem(item.value).map { (item: $0, isFirst: item.dot == creation) }
        }
        return items.filter(\.isFirst) + items.filter { !$0.isFirst }
    }
}
