// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridStore
import GridSync
import Synchronization

/// Which sheets the audit trail has already as what sensitive values are looked up by: once a sheet
/// and caller, not once for each of its calls. It forgets with the process, and when it is full.
final class NotedSheets: Sendable {
    struct Sheet: Hashable {
        let caller: String
        let collection: String
        /// Of the file; never empty.
        let digest: String
    }

    private static let most = 256

    private let sheets = Mutex<Set<Sheet>>([])

    func holds(_ sheet: Sheet) -> Bool { sheets.withLock { $0.contains(sheet) } }

    func add(_ sheet: Sheet) {
        sheets.withLock { sheets in
            if sheets.count >= Self.most { sheets.removeAll() }
            sheets.insert(sheet)
        }
    }
}

/// Which fields of a collection's rows tell whoever sends them what sensitive values are here: the
/// sealed ones, which are compared, and references for which people write a sealed number.
struct SensitiveFields {
    /// Of the collection that is asked, and the fields of its rows.
    private var sealed: [String: Set<String>] = [:]
    private var references: Set<String> = []

    init(_ collection: CollectionDefinition, in catalogue: Catalogue) {
        for field in collection.fields {
            if Masking.masks(field) { sealed[collection.name, default: []].insert(field.name) }
            guard case .reference(let name?) = field.type.element ?? field.type,
                let target = catalogue.collection(named: name),
                SheetKeys.lookups(target).contains(where: { $0.isSensitive })
            else { continue }
            sealed[name, default: []].insert(field.name)
            references.insert(field.name)
        }
    }

    /// How many of the rows have a value in one of the fields, by the collection that it tells of;
    /// and the fields that do.
    func count(
        _ rows: [[String: JSONValue]]
    ) -> (rows: Int, fields: Set<String>, collections: Set<String>) {
        var (count, fields, collections) = (0, Set<String>(), Set<String>())
        for row in rows {
            var found = false
            for (collection, names) in sealed {
                let given = names.filter { tells(row[$0], of: $0) }
                guard !given.isEmpty else { continue }
                found = true
                fields.formUnion(given)
                collections.insert(collection)
            }
            if found { count += 1 }
        }
        return (count, fields, collections)
    }

    private func tells(_ cell: JSONValue?, of field: String) -> Bool {
        guard let cell, cell != .text("") else { return false }
        guard references.contains(field), case .text(let text) = cell else { return true }
        return text.split(separator: "|").contains { RecordID(parsing: String($0)) == nil }
    }
}

extension Desk {
    /// Notes that rows with sensitive values are checked or written: what becomes of them tells
    /// whether these values are here. It is in the audit trail when this returns, once a sheet.
    ///
    /// Who may have the whole values for a reason learns nothing that he could not have: his sheets
    /// are noted and not rationed. Other apps have so many rows a minute, as look-ups, and each of their
    /// calls is noted.
    func noteSensitiveRows(_ request: ImportRequest, caller: String) async throws {
        let collection = try collection(request.collection)
        let found = SensitiveFields(collection, in: catalogue).count(request.rows)
        guard found.rows > 0 else { return }
        let digest = request.sheet?.digest ?? ""
        var isNotedOnce = !digest.isEmpty
        if let app = AppAccess.current,
            !found.collections.allSatisfy({ app.may(.readPlain, with: $0) })
        {
            guard lookUps.take(found.rows, now: WallClock.steady) else {
                throw DeskRefusal(
                    .tryAgain, "too_many_look_ups",
                    chinese: """
                        没有查看原值权限的应用,每分钟最多导入 \(LookUpAllowance.perMinute) \
                        行带敏感值的数据。请分小批慢慢来,或给令牌加上 plain 权限。
                        """,
                    english: """
                        An app whose token has no plain sends at most \(LookUpAllowance.perMinute) \
                        rows with sensitive values a minute; send fewer, or give its token plain.
                        """)
            }
            // Which file its rows are of is its own word: each call is noted.
            isNotedOnce = false
        }
        let sheet = NotedSheets.Sheet(
            caller: caller, collection: collection.name, digest: digest)
        guard !isNotedOnce || !notedSheets.holds(sheet) else { return }
        var details: [String: FieldValue] = [:]
        if !request.file.isEmpty { details["file"] = .text(String(request.file.prefix(200))) }
        if !digest.isEmpty { details["sheet"] = .text(String(digest.prefix(16))) }
        try await engine.note(
            AuditNote(
                .lookUp, caller: caller,
                object: "\(collection.name)?\(found.fields.sorted().joined(separator: "&"))",
                details: details))
        if isNotedOnce { notedSheets.add(sheet) }
    }
}
