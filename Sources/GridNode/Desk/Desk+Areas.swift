// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
import GridStore
import GridSync

/// What has become of area codes (Protocol/area-changes.md).
extension Desk {
    /// Every change that is known, in the order in which they are taken, and how it stands.
    package func areaChanges() -> JSONValue {
        let directory = engine.current.directory
        return Self.answer(
            "areas",
            [
                "next_order": Self.count(directory.nextAreaOrder),
                "items": .list(
                    directory.allAreaChanges.map { change, standing in
                        .object([
                            "digest": .text(change.digest.description),
                            "kind": .text(change.step.kind.word),
                            "from": .text(change.step.from.description),
                            "to": .text(change.step.to.description),
                            "now": .text(directory.areas.current(change.step.from).description),
                            "date": CivilDate(days: Int32(clamping: change.day)).map {
                                .text($0.description)
                            } ?? .null,
                            "order": Self.count(change.order), "note": .text(change.note),
                            "issued_at": Self.time(change.issuedAt),
                            "issuer": author(change.issuer),
                            "standing": .text(standing.rawValue),
                        ])
                    }),
            ])
    }

    /// Takes a change that this node's admin has signed, to be written into lane 0.
    package func addAreaChange(_ hexadecimal: String, caller: String) async throws -> JSONValue {
        guard let bytes = Hexadecimal.bytes(hexadecimal),
            let change = try? AreaChange(decoding: bytes)
        else {
            throw DeskRefusal(
                .malformed, "bad_area_change",
                chinese: "这不是区划变更:应为同一乡镇里同一级的两个村或两个网格。",
                english:
                    "This is no change of an area code: it takes two villages or two grids of one township."
            )
        }
        let digest = try await engine.publish(change)
        let isNoted = await engine.noteDone(
            AuditNote(
                .areaChange, caller: caller, object: "\(change.step.from) → \(change.step.to)",
                area: change.step.to, reason: change.note,
                details: ["kind": .text(change.step.kind.word), "digest": .text(digest)]))
        return Self.answer(
            "area_change", ["digest": .text(digest), "noted": .boolean(isNoted)])
    }

    /// Changes that do not count beside others, for people to look at.
    func areaFindings(_ directory: CertificateDirectory) -> [JSONValue] {
        directory.allAreaChanges.filter { $0.standing == .contradicted }.map { change, _ in
            Self.finding(
                "area_change_contradicted",
                "区划变更 \(change.step.from) → \(change.step.to) 与更早的变更矛盾,不算数。见 gridctl area list。",
                "The change of area code \(change.step.from) to \(change.step.to) contradicts an earlier one and does not count; see gridctl area list."
            )
        }
    }
}

extension ReplicationEngine {
    /// Takes a change of an area code issued here and writes it into lane 0.
    /// - Returns: its digest, 64 hexadecimal digits.
    func publish(_ change: AreaChange) throws -> String {
        var directory = folder.replica.directory
        // Who comes to a code that others have left would be one with them where they are now.
        let leadsOn =
            change.step.kind != .merge
            && directory.areas.current(change.step.to) != change.step.to
        directory.add(change)
        switch directory.standing(of: change) {
        case .counts? where !leadsOn: break
        case .counts?, .contradicted?:
            throw DeskRefusal(
                .notPossible, "area_change_contradicted",
                chinese: "与已有的区划变更矛盾:这个代码已变更过,或新代码已被别的代码占用、已变更过,或会绕回原处,或已经分过去了。没有改动。",
                english: """
                    It contradicts a change that there is: the code was left already, the new one is \
                    taken or was left, the way would lead back, or it was split so already. Nothing was \
                    changed.
                    """)
        case .withoutWeight?, .lapsed?, nil:
            throw DeskRefusal(
                .notAllowed, "area_change_without_weight",
                chinese: "签发者无权变更:它的区域必须同时包含新旧代码,并有签发证书的权限。没有改动。",
                english: """
                    The issuer may not: its area must have both codes inside, and it must have the \
                    right to certify. Nothing was changed.
                    """)
        }
        do throws(FolderReplica.CommitFailure) {
            try folder.keep(change)
        } catch {
            showCondition()
            throw DeskRefusal(error)
        }
        publishAuthority()
        return change.digest.description
    }
}
