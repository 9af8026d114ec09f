// SPDX-License-Identifier: Apache-2.0

import GridCodec
import GridCore
package import GridLog
import GridStore
import GridSync

extension WriteDrafting {
    /// Who was given what a record holds, and from whom later values are kept.
    package struct ReaderChange {
        package let added: Set<PublicKey>
        package let removed: Set<PublicKey>
    }

    /// The request with its readers as keys, this node among them: who writes has read. What is
    /// added and removed counts from those who have the record's keys, whatever somebody else has
    /// written into the field.
    func namingReaders(
        _ request: WriteRequest, in collection: CollectionDefinition, area: AreaCode,
        record: RecordDisplay?, keys: RecordKeys?
    ) throws -> WriteRequest {
        guard let sealing = collection.sealing, let readers,
            let name = collection.field(numbered: sealing.readers)?.name
        else { return request }
        try refuseKeys(in: request, of: collection, sealing)
        var request = request
        let added = request.additions.removeValue(forKey: name)
        let removed = request.removals.removeValue(forKey: name)
        var wanted = keys?.currentReaders ?? []
        let pointer = Problem.pointer(toField: name)
        func devices(_ input: JSONValue?) throws -> Set<PublicKey> {
            Set(
                try Self.names(input).enumerated().map { place, text in
                    do throws(Problem) {
                        return try readers.reader(text, at: "\(pointer)/\(place)", in: area)
                    } catch {
                        throw DeskRefusal.wrongValues([error])
                    }
                })
        }
        if let assigned = request.fields[name] {
            wanted = try devices(assigned)
        } else if added == nil, removed == nil, record != nil {
            return request
        }
        wanted.formUnion(try devices(added))
        for text in Self.names(removed) {
            let named = wanted.filter { key in
                let leaf = readers.directory.currentChain(of: key)?.leaf
                return NodeNames(key: key, name: leaf?.name ?? "", area: leaf?.area).match(text)
            }
            guard !named.isEmpty else {
                throw DeskRefusal.wrongValues([
                    Problem(
                        .unknownReader, at: pointer, chinese: "可见设备:“\(text)”不在其中。",
                        english: "readers: \"\(text)\" is not among them.")
                ])
            }
            wanted.subtract(named)
        }
        wanted.insert(readers.author.key)
        guard wanted.count <= ProtocolLimits.readersMax else {
            throw DeskRefusal.wrongValues([
                Problem(
                    .outOfRange, at: pointer,
                    chinese: "可见设备:最多 \(ProtocolLimits.readersMax) 台。",
                    english: "readers: at most \(ProtocolLimits.readersMax).")
            ])
        }
        request.fields[name] = .list(wanted.sorted().map { .text($0.description) })
        return request
    }

    /// The keys of a record are not for people to write.
    private func refuseKeys(
        in request: WriteRequest, of collection: CollectionDefinition, _ sealing: FieldSealing
    ) throws {
        guard let field = collection.field(numbered: sealing.keys),
            [request.fields, request.additions, request.removals].contains(where: {
                $0[field.name] != nil
            })
        else { return }
        throw DeskRefusal.wrongValues([
            Problem(
                .wrongOperation, at: Problem.pointer(toField: field.name),
                chinese: "\(field.label):由节点自己填写。",
                english: "\(field.name) is written by the node itself.")
        ])
    }

    /// What people write: a list, or names in one text.
    private static func names(_ input: JSONValue?) -> [String] {
        switch input {
        case .list(let items): items.flatMap { names($0) }
        case .text(let text):
            text.split { ",,、;;\n".contains($0) }.map { TextFolding.trimmed(String($0)) }
                .filter { !$0.isEmpty }
        case .null, .boolean, .integer, .number, .object, nil: []
        }
    }

    /// Turns away who may not write what is sealed.
    func checkReaders(
        _ reading: InputReading, record: RecordDisplay?, keys: RecordKeys?
    ) throws {
        guard let sealing = reading.collection.sealing else { return }
        guard let record, let keys, !keys.mayWrite else { return }
        guard
            reading.values.contains(where: {
                sealing.sealed.contains($0.field.number) || $0.field.number == sealing.readers
            })
        else { return }
        throw DeskRefusal.notReader(reading.collection, record.id)
    }

    /// The draft with its values sealed for those who are to read them; as it is where its
    /// collection has no readers.
    ///
    /// - Parameter id: the id that the record has or will have.
    func sealed(_ draft: Draft, id: RecordID) throws -> (draft: Draft, readers: ReaderChange?) {
        guard let sealing = draft.collection.sealing, let readers else { return (draft, nil) }
        var writes = draft.change.draft.writes
        let area = draft.change.domain.area
        let named = writes.first { $0.field == sealing.readers }.flatMap { Self.keys(in: $0) }
        guard named != nil || writes.contains(where: { sealing.sealed.contains($0.field) }) else {
            return (draft, nil)
        }
        let own: Set = [readers.author.key]
        let plan: ReaderPlan
        let place = SealedPlace(collection: draft.collection.number, record: id)
        if let keys = draft.keys {
            let current = keys.currentReaders
            let wanted = named ?? readers.directory.lasting(current, in: area).union(own)
            if named == nil, wanted != current {
                writes.append(
                    FieldWrite(
                        field: sealing.readers,
                        operation: .assign(
                            .list(wanted.sorted().map { .bytes($0.bytes.array) }))))
            }
            plan = ReaderPlan(goingOn: keys, for: wanted)
        } else {
            plan = ReaderPlan(new: place, for: named ?? own)
        }
        let sealed = try writes.map { write in
            guard sealing.sealed.contains(write.field) else { return write }
            guard let sealed = plan.sealed(write, at: place) else {
                let name = draft.collection.field(numbered: write.field)?.name ?? ""
                throw DeskRefusal.wrongValues([
                    Problem(
                        .tooLong, at: Problem.pointer(toField: name), chinese: "内容太长,无法封存。",
                        english: "\(name) is too long to be sealed.")
                ])
            }
            return sealed
        }
        let items =
            plan.items.isEmpty
            ? [] : [FieldWrite(field: sealing.keys, operation: .append(plan.items.map(\.value)))]
        let change =
            plan.added.isEmpty && plan.removed.isEmpty
            ? nil : ReaderChange(added: plan.added, removed: plan.removed)
        return (draft.writing(sealed + items), change)
    }

    private static func keys(in write: FieldWrite) -> Set<PublicKey>? {
        guard case .assign(.list(let values)) = write.operation else { return nil }
        return Set(
            values.compactMap { value in
                if case .bytes(let bytes) = value {
                    Bytes32(bytes).map(PublicKey.init)
                } else {
                    nil
                }
            })
    }
}

extension WriteDrafting.Draft {
    /// The same with other writes.
    func writing(_ writes: [FieldWrite]) -> WriteDrafting.Draft {
        let former = change.draft
        return WriteDrafting.Draft(
            collection: collection,
            change: LocalChange(
                domain: change.domain,
                draft: DraftChange(
                    collection: former.collection, target: former.target,
                    archives: former.archives, writes: writes)),
            advice: advice, isIdle: isIdle, keys: keys)
    }
}

extension RecordDisplay {
    /// The same with what a device can open in its plain form.
    func opened(by keys: RecordKeys?) -> RecordDisplay {
        guard let keys, let sealing = collection.sealing else { return self }
        return RecordDisplay(keys.opened(state, sealing), of: collection, summary: summary)
    }
}
