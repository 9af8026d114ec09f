// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
import GridLog
import GridStore
import GridSync

/// A stranger who takes for himself what only those above his key may give.
extension World {
    /// An area that the stolen key does not speak for; for a key that certifies nobody its own will do.
    func coveted(_ impostor: Impostor) -> AreaCode {
        let own = impostor.stolen.chain.leaf
        guard own.rights.contains(.certify) || impostor.dice.chance(700) else { return own.area }
        let neighbour = try? AreaCode(parsing: "522731")
        let areas = Set(devices.map(\.area) + [neighbour].compactMap { $0 })
            .filter { !own.area.contains($0) }
        return impostor.dice.pick(areas.sorted())
    }

    /// The chain of the stolen key, with one certificate more that the key has made for itself.
    func widened(_ impostor: Impostor) -> CertificateChain {
        CertificateChain(
            impostor.stolen.chain.certificates
                + [certificate(of: impostor, for: impostor.stolen.author.key)])
    }

    private func certificate(of impostor: Impostor, for subject: PublicKey) -> Certificate {
        Certificate(
            subject: subject, name: "冒名", area: coveted(impostor), rights: .all, validFrom: 1,
            issuedBy: impostor.stolen.author)
    }

    /// The answer to a chain that proves nothing is to hang up.
    func answer(_ impostor: Impostor) {
        guard impostor.malice == .widened else { return }
        violate(
            .usurperIsHeard,
            "\(devices[impostor.victim].name) takes a widened chain of \(impostor.stolen.name)")
    }

    /// A word that the stolen key has no right to: a cut-off of somebody who does not stand below it,
    /// said in passing or in lane 0, or a certificate for an area that is not its own.
    func usurp(_ impostor: Impostor) -> [UInt8] {
        let author = impostor.stolen.author
        let isOffice = impostor.stolen.chain.leaf.rights.contains(.certify)
        if isOffice, impostor.stolen.area.level > .county, impostor.dice.chance(300) {
            let forged = certificate(of: impostor, for: author.key)
            guard !impostor.stolen.area.contains(forged.area) else {
                return SyncMessage.ping.encoded
            }
            truth.usurp(forged)
            return write(
                impostor, in: Domain(area: impostor.stolen.area, lane: .authority),
                isAllowed: false,
                saying: .authority(
                    SystemCollection.certificates, forged.recordID,
                    field: SystemCollection.certificateBytesField, forged.encoded))
        }
        let isInPassing = !isOffice || impostor.dice.chance(300)
        let others = devices.filter { device in
            (isInPassing ? device.number == impostor.victim : device.author.key != author.key)
                && device.number < plan.devices.count
                && plan.devices[device.number].issuer != impostor.stolen.number
                && !(isOffice && impostor.stolen.area.contains(device.area)
                    && impostor.stolen.area != device.area)
        }
        guard !others.isEmpty else { return SyncMessage.ping.encoded }
        let subject = impostor.dice.pick(others).author.key
        let cutOff = CutOff(
            subject: subject, reason: .lost, issuedAt: Self.epoch + now, rows: [],
            issuedBy: author)
        truth.usurp(cutOff)
        guard !isInPassing else { return SyncMessage.cutOff(cutOff).encoded }
        return write(
            impostor, in: Domain(area: impostor.stolen.area, lane: .authority), isAllowed: false,
            saying: .authority(
                SystemCollection.cutOffs, cutOff.recordID,
                field: SystemCollection.cutOffBytesField, cutOff.encoded))
    }

    /// Nothing that a key said without the right to has any effect with anybody.
    func judgeUsurpers() {
        for device in devices {
            guard let directory = device.replica?.replica.directory else { continue }
            for cutOff in truth.falseCutOffs where directory.counts(cutOff) {
                return violate(
                    .usurperIsHeard, "\(device.name) believes the cut-off \(cutOff.recordID)")
            }
            for certificate in truth.falseCertificates
            where directory.certificates.contains(certificate) {
                return violate(
                    .usurperIsHeard, "\(device.name) believes a certificate of \(certificate.area)")
            }
        }
    }
}
