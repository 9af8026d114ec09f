// SPDX-License-Identifier: Apache-2.0

import GridCore
package import GridCrypto
package import GridLog
import GridStore
import GridSync

/// What drafting needs to know to write for named devices.
package struct ReaderDesk {
    let author: Author
    let directory: CertificateDirectory
    /// Keys that the folder has kept.
    let kept: (SealedPlace) throws -> [ContentKey]

    package init(
        author: Author, directory: CertificateDirectory,
        kept: @escaping (SealedPlace) throws -> [ContentKey]
    ) {
        self.author = author
        self.directory = directory
        self.kept = kept
    }

    /// The keys of a record as this node has them; nil where its collection has no readers.
    func keys(of record: RecordDisplay) throws -> RecordKeys? {
        guard let sealing = record.collection.sealing else { return nil }
        return RecordKeys(
            of: record.state, sealing, for: author,
            kept: try kept(SealedPlace(of: record.state)))
    }

    /// The device that people mean by its name, its area or the digits of its key.
    func reader(_ text: String, at place: String, in area: AreaCode) throws(Problem) -> PublicKey {
        let matches = directory.holdings.filter { holding in
            let certificate = holding.certificate
            return NodeNames(
                key: certificate.subject, name: certificate.name, area: certificate.area
            ).match(text)
        }
        // Keys that were cut off have the names of those that took their places.
        let live = matches.filter(\.isLive)
        guard let found = (live.isEmpty ? matches : live).first, max(live.count, 1) == 1 else {
            throw Problem(
                .unknownReader, at: place,
                chinese: live.isEmpty
                    ? "可见设备:没有名为“\(text)”的设备,请用 gridctl peers 或 gridctl posts 查看。"
                    : "可见设备:“\(text)”指不止一台设备,请写公钥的前 8 位以上。",
                english: live.isEmpty
                    ? "readers: no device \"\(text)\"; see gridctl peers or gridctl posts."
                    : "readers: \"\(text)\" means more than one device; give 8 digits of its key.")
        }
        let key = found.certificate.subject
        guard directory.mayRead(key, in: area) else {
            throw Problem(
                .readerNotEntitled, at: place,
                chinese: "可见设备:\(found.certificate.name) 的证书已停用,或不允许读取区域 \(area)。",
                english: """
                    readers: \(found.certificate.name) is cut off, or its certificate may not read \
                    area \(area).
                    """)
        }
        return key
    }
}

extension DeskRefusal {
    static func notReader(_ collection: CollectionDefinition, _ id: RecordID) -> DeskRefusal {
        DeskRefusal(
            .notAllowed, "not_reader",
            chinese: "\(collection.name)/\(id) 没有指定本设备查看,不能填写其中封存的内容。请由可见设备把本设备加入 readers。",
            english: """
                \(collection.name)/\(id) does not name this device, which can therefore not write \
                what is sealed in it; have one of its readers add this one.
                """)
    }
}
