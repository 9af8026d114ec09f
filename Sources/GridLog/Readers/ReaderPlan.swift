// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridCrypto

/// What a write does so that certain devices, and no others, read what it writes.
package struct ReaderPlan: Sendable {
    /// What its values are sealed with.
    package let key: ContentKey
    /// What is appended to the record's timeline of keys.
    package private(set) var items: [ReaderItem] = []
    package let added: Set<PublicKey>
    package let removed: Set<PublicKey>

    /// For a record that is made now.
    package init(new place: SealedPlace, for readers: Set<PublicKey>) {
        key = .generate()
        added = readers
        removed = []
        grant(key, to: readers, at: place)
    }

    /// For a record whose keys are known. A key that nobody but the readers has goes on; else there
    /// is a new one, after all that were the last. Who is new is given the former keys, too.
    ///
    /// - Precondition: `keys.mayWrite`.
    package init(goingOn keys: RecordKeys, for readers: Set<PublicKey>) {
        precondition(keys.mayWrite, "a write for readers by a device that is none")
        let current = keys.currentReaders
        let last = keys.heads.compactMap { keys.held[$0] }
        added = readers.subtracting(current)
        removed = current.subtracting(readers)
        let goesOn =
            last.count == 1 && keys.readers(of: keys.heads[0]).isSubset(of: readers)
        key = goesOn ? last[0] : .generate()
        for id in keys.shared {
            guard let former = keys.held[id] else { continue }
            grant(former, to: readers.subtracting(keys.readers(of: id)), at: keys.place)
        }
        guard !goesOn else { return }
        let id = ContentKeyID(of: key, at: keys.place)
        items += last.map { .link(ReaderLink(id, after: $0, at: keys.place)) }
        grant(key, to: readers, at: keys.place)
    }

    /// Leaves out keys for which nothing can be wrapped: no certificate names one.
    private mutating func grant(
        _ key: ContentKey, to readers: Set<PublicKey>, at place: SealedPlace
    ) {
        items += readers.sorted().compactMap { reader in
            ReaderGrant(key, to: reader, at: place).map { .grant($0) }
        }
    }

    /// A write with its values sealed; nil where one of them is too long.
    package func sealed(_ write: FieldWrite, at place: SealedPlace) -> FieldWrite? {
        func seal(_ value: FieldValue) -> FieldValue? {
            SealedValue.seal(value, field: write.field, at: place, with: key)
        }
        switch write.operation {
        case .assign(let value):
            return seal(value).map { FieldWrite(field: write.field, operation: .assign($0)) }
        case .append(let values):
            let sealed = values.compactMap(seal)
            guard sealed.count == values.count else { return nil }
            return FieldWrite(field: write.field, operation: .append(sealed))
        case .clear, .add, .remove, .increment: return write
        }
    }
}
