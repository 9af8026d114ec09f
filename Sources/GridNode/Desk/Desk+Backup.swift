// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridStore

extension Desk {
    /// Copies the database for a backup; who asked seals the copy and deletes it.
    package func snapshot() throws -> JSONValue {
        let snapshot = try engine.store.snapshot(
            software: "gridd \(version)", now: WallClock.now)
        return Self.answer(
            "snapshot", ["path": .text(snapshot.path), "manifest": snapshot.manifest.json])
    }

    /// Keeps when a backup was made or tried last.
    package func noteBackup(kind: String, takenAt: String, entries: Int) async throws -> JSONValue {
        guard let kind = BackupNote.Kind(rawValue: kind),
            let takenAt = ChinaTime.milliseconds(parsing: takenAt)
        else {
            throw DeskRefusal(
                .malformed, "bad_body", chinese: "kind 应为 backup 或 drill,taken_at 应为时间。",
                english: "kind is backup or drill, taken_at a time.")
        }
        try await engine.note(
            BackupNote(
                kind: kind, at: WallClock.now, takenAt: UInt64(clamping: takenAt),
                entries: UInt64(clamping: entries)))
        return Self.answer("backup_note", try Self.notes(engine.store))
    }

    /// The last backup and the last drill, null where there was none.
    static func notes(_ store: Store) throws -> [String: JSONValue] {
        let notes = try store.backupNotes()
        return Dictionary(
            BackupNote.Kind.allCases.map { kind in
                let note = notes.first { $0.kind == kind }
                let part = note.map { note in
                    JSONValue.object([
                        "at": time(note.at), "taken_at": time(note.takenAt),
                        "entries": count(note.entries),
                    ])
                }
                return ("last_\(kind.rawValue)", part ?? .null)
            }, uniquingKeysWith: { $1 })
    }
}
