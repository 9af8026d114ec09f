// SPDX-License-Identifier: Apache-2.0

package import GridCore
package import GridCrypto

/// A content key, wrapped for one device. Only who has the key can have made it, and whoever has it
/// can tell (Protocol/readers.md).
package struct ReaderGrant: Hashable, Sendable {
    private static let purpose = Personalization("onegrid/grant/1")

    package let key: ContentKeyID
    package let reader: PublicKey
    let token: [UInt8]
    let box: [UInt8]
    private let tag: [UInt8]

    /// Nil for a reader whose key is none.
    package init?(_ key: ContentKey, to reader: PublicKey, at place: SealedPlace) {
        let id = ContentKeyID(of: key, at: place)
        let head = Self.head(id, reader)
        let wrapped = key.wrapped(for: reader.bytes.array) { place.bytes + head + $0 }
        guard let (token, box) = wrapped else { return nil }
        self.init(
            key: id, reader: reader, token: token, box: box,
            tag: key.tag(of: place.bytes + head + token + box, as: Self.purpose))
    }

    private init(
        key: ContentKeyID, reader: PublicKey, token: [UInt8], box: [UInt8], tag: [UInt8]
    ) {
        self.key = key
        self.reader = reader
        self.token = token
        self.box = box
        self.tag = tag
    }

    /// Whether it was made by somebody who has the key that it says it holds.
    package func isGenuine(under key: ContentKey, at place: SealedPlace) -> Bool {
        ConstantTime.equal(key.tag(of: place.bytes + head + token + box, as: Self.purpose), tag)
    }

    var head: [UInt8] { Self.head(key, reader) }

    private static func head(_ key: ContentKeyID, _ reader: PublicKey) -> [UInt8] {
        [ReaderItem.grantForm] + key.bytes + reader.bytes.array
    }

    package var bytes: [UInt8] { head + token + box + tag }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == ReaderItem.grantBytes, bytes.first == ReaderItem.grantForm,
            let reader = Bytes32(bytes[17..<49])
        else { return nil }
        self.init(
            key: ContentKeyID(Array(bytes[1..<17])), reader: PublicKey(reader),
            token: Array(bytes[49..<81]), box: Array(bytes[81..<129]),
            tag: Array(bytes[129...]))
    }
}

/// Says that one content key of a record comes after another, by somebody who has both.
package struct ReaderLink: Hashable, Sendable {
    private static let purpose = Personalization("onegrid/epoch/1")

    package let key: ContentKeyID
    package let former: ContentKeyID
    private let tag: [UInt8]

    package init(_ key: ContentKeyID, after former: ContentKey, at place: SealedPlace) {
        self.key = key
        self.former = ContentKeyID(of: former, at: place)
        let head = Self.head(key, self.former)
        tag = former.tag(of: place.bytes + head, as: Self.purpose)
    }

    /// Whether it was made by somebody who has the former key.
    package func isGenuine(under former: ContentKey, at place: SealedPlace) -> Bool {
        ConstantTime.equal(
            former.tag(of: place.bytes + Self.head(key, self.former), as: Self.purpose), tag)
    }

    private static func head(_ key: ContentKeyID, _ former: ContentKeyID) -> [UInt8] {
        [ReaderItem.linkForm] + key.bytes + former.bytes
    }

    package var bytes: [UInt8] { Self.head(key, former) + tag }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == ReaderItem.linkBytes, bytes.first == ReaderItem.linkForm else {
            return nil
        }
        key = ContentKeyID(Array(bytes[1..<17]))
        former = ContentKeyID(Array(bytes[17..<33]))
        tag = Array(bytes[33...])
    }
}

/// One item of a record's timeline of reader keys.
package enum ReaderItem: Hashable, Sendable {
    static let grantForm: UInt8 = 1
    static let linkForm: UInt8 = 2
    static let grantBytes = 145
    static let linkBytes = 49

    case grant(ReaderGrant)
    case link(ReaderLink)

    /// Nil for what has not the form of one.
    package init?(_ value: FieldValue) {
        guard case .bytes(let bytes) = value else { return nil }
        if let grant = ReaderGrant(bytes) {
            self = .grant(grant)
        } else if let link = ReaderLink(bytes) {
            self = .link(link)
        } else {
            return nil
        }
    }

    package var value: FieldValue {
        switch self {
        case .grant(let grant): .bytes(grant.bytes)
        case .link(let link): .bytes(link.bytes)
        }
    }
}
