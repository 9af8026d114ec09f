// SPDX-License-Identifier: Apache-2.0

package import GridCore
import GridLog
package import GridStore
package import GridSync

/// Turns a request into a change: finds the record, reads the values, asks the catalogue.
package struct WriteDrafting {
    let catalogue: Catalogue
    /// The node's own area.
    let home: AreaCode
    /// What has become of area codes.
    let areas: AreaMap
    /// Milliseconds since 1970.
    let now: UInt64
    /// What tells a state of a record from every other.
    let tag: (RecordDisplay) throws -> String
    /// Nil where nothing is written for named devices.
    let readers: ReaderDesk?

    package struct Draft {
        let collection: CollectionDefinition
        package let change: LocalChange
        let advice: [Problem]
        /// Nothing would change: the record already is as asked.
        package let isIdle: Bool
        /// Of a record that is there and names its readers.
        let keys: RecordKeys?
    }

    package init(
        catalogue: Catalogue, home: AreaCode, areas: AreaMap = AreaMap(), now: UInt64,
        tag: @escaping (RecordDisplay) throws -> String, readers: ReaderDesk? = nil
    ) {
        self.catalogue = catalogue
        self.home = areas.current(home)
        self.areas = areas
        self.now = now
        self.tag = tag
        self.readers = readers
    }

    /// - Parameter find: the record of an id, with what the batch has already done to it.
    package func draft(
        _ request: WriteRequest,
        find: (RecordID, CollectionDefinition) throws -> RecordDisplay?
    ) throws -> Draft {
        guard let collection = catalogue.collection(named: request.collection) else {
            throw DeskRefusal.unknownCollection(request.collection)
        }
        var request = request
        let stored = try stored(request, in: collection, find: find)
        let keys = try stored.flatMap { try readers?.keys(of: $0) }
        if collection.sealing != nil {
            request = try namingReaders(
                request, in: collection,
                area: stored?.state.domain.area ?? placement(request), record: stored, keys: keys)
        }
        var reading = try InputReading(collection: collection, request: request)
        var target = DraftChange.Target.new
        var record: RecordDisplay?
        var area = home
        if let text = request.id {
            guard let id = RecordID(parsing: text), let found = try find(id, collection) else {
                throw DeskRefusal.unknownRecord(collection: collection.name, id: text)
            }
            record = found
            area = found.state.domain.area
            target = .existing(found.state.address)
        } else {
            area = try placement(request, values: reading.values)
            if !collection.namedBy.isEmpty {
                let id = try name(in: collection, area: area, reading: reading)
                record = try find(id, collection)
                // It may have been there before its area had this code.
                for former in areas.family(of: area).dropFirst() where record == nil {
                    record = try find(
                        name(in: collection, area: former, reading: reading), collection)
                }
                area = record?.state.domain.area ?? area
                target = .existing(record?.state.address ?? .named(id))
            }
        }
        if let condition = request.condition {
            try require(condition, of: record, for: request)
        }
        record = record?.opened(by: keys)
        if request.replaces, let record {
            // Who reads it is said, and not left out.
            try reading.replace(record, by: home.level, keeping: collection.sealing?.readers)
        }
        reading.skipUnchanged(record)
        if record == nil { reading.skipClearing() }
        try checkReaders(reading, record: record, keys: keys)
        let advice = try check(
            reading, record: record, area: area,
            rules: ruleProblems(in: reading, record: record, area: area, find: find))
        let writes = reading.writes(against: record)
        guard record != nil || !writes.isEmpty else { throw DeskRefusal.emptyRecord }
        let archives = request.archives && record?.state.isArchived != true
        let isIdle = record != nil && writes.isEmpty && !archives
        return Draft(
            collection: collection,
            change: LocalChange(
                domain: Domain(area: area, lane: collection.lane),
                draft: DraftChange(
                    collection: collection.number, target: target, archives: request.archives,
                    writes: writes)),
            advice: advice, isIdle: isIdle, keys: keys)
    }

    /// The record that a request names, where its collection has readers.
    private func stored(
        _ request: WriteRequest, in collection: CollectionDefinition,
        find: (RecordID, CollectionDefinition) throws -> RecordDisplay?
    ) throws -> RecordDisplay? {
        guard collection.sealing != nil, let id = request.id.flatMap({ RecordID(parsing: $0) })
        else { return nil }
        return try find(id, collection)
    }

    /// Holds a write to the state that its writer has seen.
    private func require(
        _ condition: String, of record: RecordDisplay?, for request: WriteRequest
    ) throws {
        guard let record else { return }
        let tag = "\"\(try tag(record))\""
        let wanted = condition.split(separator: ",").map { TextFolding.trimmed(String($0)) }
        guard !wanted.contains("*"), !wanted.contains(tag) else { return }
        let sight = Sight.masked.of(record)
        let names = Set(request.fields.keys).union(request.additions.keys)
            .union(request.removals.keys)
        let present = record.fields.filter { names.contains($0.definition.name) }
        throw DeskRefusal(
            .changedSince, "record_changed",
            chinese: "\(record.collection.name)/\(record.id) 在读取之后已被修改,没有保存。请重新读取再提交。",
            english: """
                \(record.collection.name)/\(record.id) was changed since it was read; nothing was \
                saved. Read it again.
                """,
            details: [
                "etag": .text(tag),
                "present": .object(
                    Dictionary(
                        present.map {
                            ($0.definition.name, sight.json($0.value, of: $0.definition))
                        },
                        uniquingKeysWith: { $1 })),
            ])
    }

    /// The area in whose logs a new record belongs.
    ///
    /// - Parameter values: what is written, whose codes may say it.
    func placement(
        _ request: WriteRequest, values: [InputReading.Value] = []
    ) throws -> AreaCode {
        if let text = request.area {
            do {
                return areas.current(try AreaCode(parsing: text).home)
            } catch {
                throw DeskRefusal(
                    .wrongValues, "bad_area", chinese: "“\(text)”不是区划代码,请填6、9、12、15、17或19位数字。",
                    english: "\"\(text)\" is no area code; give 6, 9, 12, 15, 17 or 19 digits.")
            }
        }
        let codes = values.compactMap { item -> AreaCode? in
            guard case .area(let code) = item.value, code.level >= .grid else { return nil }
            return areas.current(code).home
        }
        guard let code = codes.min(), home.contains(code) else { return home }
        return code
    }

    private func name(
        in collection: CollectionDefinition, area: AreaCode, reading: InputReading
    ) throws -> RecordID {
        let key = try collection.namedBy.map { name in
            guard let value = reading.values.first(where: { $0.name == name })?.value else {
                throw DeskRefusal(
                    .wrongValues, "key_missing",
                    chinese: "新建“\(collection.label)”必须填写 \(name)。",
                    english: "A new record of \(collection.name) needs \(name).")
            }
            return value
        }
        return RecordNaming.id(collection: collection.number, area: area, key: key)
    }

    private func check(
        _ reading: InputReading, record: RecordDisplay?, area: AreaCode, rules: [Problem]
    ) throws -> [Problem] {
        var context = WriteContext(
            area: area, today: ChinaTime.day(of: Int64(clamping: now)), now: Int64(clamping: now))
        context.areas = areas
        context.isNew = record == nil
        let problems = reading.collection.problems(
            in: reading.values.map { ($0.name, $0.value) },
            others: { name in record?[name]?.value }, context: context)
        let refusals =
            problems.filter(\.isRefusal)
            + reading.values.compactMap { Self.misuse($0, shown: record?[$0.name], by: home.level) }
            + masks(in: reading, record: record) + rules
        guard refusals.isEmpty else { throw DeskRefusal.wrongValues(refusals) }
        return problems
    }

    /// Values that were read masked and are being written back as they were shown.
    private func masks(in reading: InputReading, record: RecordDisplay?) -> [Problem] {
        let threshold = record?.maskThreshold(at: now) ?? .p3
        return reading.values.compactMap { item in
            guard let value = item.value,
                Masking.isMask(
                    value, of: item.field, shown: record?[item.name]?.value, from: threshold)
            else { return nil }
            return Problem(
                .maskedValue, at: Problem.pointer(toField: item.name),
                chinese: "\(item.field.label):这是遮盖后的显示,不是原值。没有改动的项请不要提交。",
                english: """
                    \(item.name) is what a mask shows, not a value; leave out what you do not change.
                    """)
        }
    }

    /// What is wrong with the use of a field, whatever the value: it would be void, or in conflict
    /// with what was settled at creation, or mean nothing.
    private static func misuse(
        _ item: InputReading.Value, shown: RecordDisplay.Field?, by level: AreaLevel
    ) -> Problem? {
        let (field, pointer) = (item.field, Problem.pointer(toField: item.name))
        switch (field.kind, item.use) {
        case (.register, .add), (.register, .remove), (.fixed, .add), (.fixed, .remove),
            (.timeline, .remove), (.counter, .remove):
            return Problem(
                .wrongOperation, at: pointer, chinese: "\(field.label):这一项不能增减,只能填写。",
                english: "\(field.name) takes no += or -= of this kind; assign it.")
        case (.fixed, .assign) where shown?.candidates.isEmpty == false:
            return Problem(
                .fixedValue, at: pointer, chinese: "\(field.label):登记时已填,之后不能修改。",
                english: "\(field.name) was set when the record was made and cannot be changed.")
        case (.register, .assign), (.fixed, .assign), (.set, _), (.timeline, _), (.counter, _),
            (.derived, _):
            break
        }
        guard let owner = field.owner, level > owner else { return nil }
        return Problem(
            .notOwner, at: pointer, chinese: "\(field.label):由\(owner.chinese)填写,本节点填写无效。",
            english: "\(field.name) is written by the \(owner); a write from here would be void.")
    }
}

extension DeskRefusal {
    static func unknownCollection(_ name: String) -> DeskRefusal {
        DeskRefusal(
            .notFound, "unknown_collection", chinese: "没有“\(name)”这类记录,请用 gridctl collections 查看。",
            english: "There is no collection \"\(name)\"; see gridctl collections.")
    }

    static let emptyRecord = DeskRefusal(
        .wrongValues, "empty_record", chinese: "新记录至少要填写一项,没有保存。",
        english: "A new record needs at least one value; nothing was saved.")

    static func unknownRecord(collection: String, id: String) -> DeskRefusal {
        DeskRefusal(
            .notFound, "unknown_record", chinese: "本节点没有记录 \(collection)/\(id)。",
            english: "This node has no record \(collection)/\(id).")
    }

    static func wrongValues(_ problems: [Problem]) -> DeskRefusal {
        if problems.allSatisfy({ $0.code == .notOwner }) {
            return DeskRefusal(
                .notAllowed, "not_owner", chinese: "有 \(problems.count) 项应由上级填写,没有保存。",
                english: "\(problems.count) field(s) belong to a level above; nothing was saved.",
                problems: problems)
        }
        if problems.allSatisfy({ $0.code == .actIllegal }) {
            return DeskRefusal(
                .wrongValues, "act_illegal", chinese: "现在不能这样办理,没有保存。",
                english: "This is not legal now; nothing was saved.", problems: problems)
        }
        return DeskRefusal(
            .wrongValues, "wrong_values", chinese: "有 \(problems.count) 处填写不正确,没有保存。",
            english: "\(problems.count) value(s) are wrong; nothing was saved.", problems: problems)
    }
}
