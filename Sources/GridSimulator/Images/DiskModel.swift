// SPDX-License-Identifier: Apache-2.0

/// The files of a folder after the first so many operations: what lies there, and what of it is
/// durable. The rules are those that faulty_disk.h states.
struct DiskModel {
    private struct File {
        /// As of the last sync.
        var base: [UInt8] = []
        var present: [UInt8] = []
        /// Writes and truncations since.
        var pending: [DiskOperation] = []
    }

    private var files: [Int: File] = [:]
    /// The files each name stood for since the folder was last synced, oldest first.
    private var names: [String: [Int?]] = [:]
    /// Durable files that the recording has found there.
    private let initial: [String: [UInt8]]

    init(_ initial: [String: [UInt8]]) {
        self.initial = initial
        for (index, name) in initial.keys.sorted().enumerated() {
            let bytes = initial[name] ?? []
            // Until the recording gives it another number.
            files[-1 - index] = File(base: bytes, present: bytes)
            names[name] = [-1 - index]
        }
    }

    /// Whether anything could be lost by a power cut now.
    var isAtRisk: Bool {
        names.values.contains { $0.count > 1 } || files.values.contains { !$0.pending.isEmpty }
    }

    mutating func apply(_ operation: DiskOperation) {
        adopt(operation)
        switch operation.kind {
        case .create:
            files[operation.file] = File()
            names[operation.name, default: [nil]].append(operation.file)
        case .write, .truncate:
            Self.apply(operation, to: &files[operation.file, default: File()].present)
            files[operation.file, default: File()].pending.append(operation)
        case .sync:
            let present = files[operation.file]?.present ?? []
            files[operation.file] = File(base: present, present: present)
        case .delete:
            names[operation.name, default: [nil]].append(nil)
        case .syncFolder:
            names = names.compactMapValues { states in
                states.last.flatMap { $0 }.map { [$0] }
            }
        }
    }

    /// A file that was there before the recording is named by a number of its own.
    private mutating func adopt(_ operation: DiskOperation) {
        guard operation.kind != .create, operation.file > 0, files[operation.file] == nil,
            let found = names[operation.name]?.last.flatMap({ $0 }), found < 0
        else { return }
        files[operation.file] = files[found]
        names[operation.name] = names[operation.name]?.map { $0 == found ? operation.file : $0 }
    }

    /// What a kill -9 leaves; with the front or back of one more write, if one was under way.
    func everything(and torn: (DiskOperation, part: Range<Int>)? = nil) -> [String: [UInt8]] {
        var image: [String: [UInt8]] = [:]
        for (name, states) in names {
            guard let number = states.last.flatMap({ $0 }) else { continue }
            var bytes = files[number]?.present ?? []
            if let torn, torn.0.file == number {
                Self.apply(torn.0, part: torn.part, to: &bytes)
            }
            image[name] = bytes
        }
        return image
    }

    /// What is left when everything that was not synced is lost.
    var durable: [String: [UInt8]] {
        names.compactMapValues { states in
            states.first.flatMap { $0 }.map { files[$0]?.base ?? [] }
        }
    }

    /// What a power cut may leave: of that which is not synced any part, whole or torn.
    func some(_ dice: inout Dice) -> [String: [UInt8]] {
        var image: [String: [UInt8]] = [:]
        for name in names.keys.sorted() {
            guard let number = dice.pick(names[name] ?? [nil]), let file = files[number] else {
                continue
            }
            image[name] = Self.some(of: file, &dice)
        }
        return image
    }

    private static func some(of file: File, _ dice: inout Dice) -> [UInt8] {
        guard !file.pending.isEmpty else { return file.present }
        // In order up to a place, or each by its own luck: mostly kept, mostly lost, or even.
        let isOrdered = dice.below(4) == 0
        let last = dice.below(file.pending.count + 1)
        let kept = dice.pick([10, 50, 90])
        var bytes = file.base
        for (index, operation) in file.pending.enumerated() {
            let isTorn = isOrdered ? index == last : dice.below(5) == 0
            if isTorn {
                apply(operation, part: tornPart(of: operation, &dice), to: &bytes)
            } else if isOrdered ? index < last : dice.below(100) < kept {
                apply(operation, to: &bytes)
            }
        }
        return bytes
    }

    private static func tornPart(
        of operation: DiskOperation, _ dice: inout Dice
    ) -> Range<Int> {
        let cuts = operation.cuts
        guard !cuts.isEmpty else { return 0..<(dice.below(2) * operation.bytes.count) }
        let cut = dice.pick(cuts)
        return dice.below(2) == 0 ? 0..<cut : cut..<operation.bytes.count
    }

    private static func apply(_ operation: DiskOperation, to bytes: inout [UInt8]) {
        apply(operation, part: 0..<operation.bytes.count, to: &bytes)
    }

    private static func apply(
        _ operation: DiskOperation, part: Range<Int>, to bytes: inout [UInt8]
    ) {
        if operation.kind == .truncate {
            resize(&bytes, to: operation.offset)
        } else if !part.isEmpty {
            let start = operation.offset + part.lowerBound
            let end = operation.offset + part.upperBound
            if bytes.count < end { resize(&bytes, to: end) }
            bytes.replaceSubrange(start..<end, with: operation.bytes[part])
        }
    }

    private static func resize(_ bytes: inout [UInt8], to size: Int) {
        if size < bytes.count {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes += [UInt8](repeating: 0, count: size - bytes.count)
        }
    }
}
