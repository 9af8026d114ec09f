// SPDX-License-Identifier: Apache-2.0

import GridCore
import GridLog
import GridStore
import GridSync

extension WriteDrafting {
    /// Refusals of the rules of the domain.
    func ruleProblems(
        in reading: InputReading, record: RecordDisplay?, area: AreaCode,
        find: (RecordID, CollectionDefinition) throws -> RecordDisplay?
    ) throws -> [Problem] {
        ActCheck(now: now).problems(in: reading, record: record, area: area)
            + (try admissionProblems(in: reading, record: record, find: find))
    }

    /// A task or form goes to grid members only when its duty is admitted.
    private func admissionProblems(
        in reading: InputReading, record: RecordDisplay?,
        find: (RecordID, CollectionDefinition) throws -> RecordDisplay?
    ) throws -> [Problem] {
        guard reading.collection.name == "tasks",
            let requests = catalogue.collection(named: "admission_requests"),
            reading.values.contains(where: { item in
                item.name == "audience" && item.use != .remove
                    && item.value?.elements.isEmpty == false
            })
        else { return [] }
        let written = reading.values.first { $0.name == "admission_id" }
        var admission: RecordDisplay?
        if case .reference(let id)? = written.map(\.value) ?? record?["admission_id"]?.value {
            admission = try find(id, requests)
        }
        if let admission, !admission.state.isArchived, admission.admission(at: now).allowsTasks {
            return []
        }
        return [
            Problem(
                .notAdmitted, at: Problem.pointer(toField: "audience"),
                chinese: "下达范围:该事项没有准入决定(准入或试行,且未到期),不能下达给网格员。请先申请准入并填写 admission_id。",
                english: """
                    audience: no admitted duty stands behind this task (admitted or on trial, and \
                    not expired); ask for admission, and name it in admission_id.
                    """)
        ]
    }

    /// The draft of a new record with its number, where it has none.
    ///
    /// - Parameter id: the id that the record will have.
    func numbered(_ draft: Draft, id: RecordID) -> Draft {
        let change = draft.change.draft
        guard case .new = change.target,
            let collection = catalogue.collection(numbered: change.collection),
            let field = RecordNumber.field(of: collection),
            !change.writes.contains(where: { $0.field == field.number })
        else { return draft }
        let number = RecordNumber.text(
            area: draft.change.domain.area, day: ChinaTime.day(of: Int64(clamping: now)), id: id)
        return draft.writing(
            change.writes + [
                FieldWrite(field: field.number, operation: .assign(.text(number)))
            ])
    }
}

extension RecordDisplay {
    /// How far an admission request has come.
    ///
    /// - Parameter now: milliseconds since 1970.
    func admission(at now: UInt64) -> Admission {
        Admission(today: ChinaTime.day(of: Int64(clamping: now))) { self[$0]?.value }
    }
}
