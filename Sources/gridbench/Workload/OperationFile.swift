// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The operations of one file, in their order, read one at a time.
struct OperationFile {
    private let bytes: Data
    private var position: Data.Index

    init(_ path: String) throws {
        do {
            bytes = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        } catch {
            throw BenchFailure("cannot read \(path): \(error.localizedDescription)")
        }
        position = bytes.startIndex
    }

    /// The next operation; nil at the end.
    mutating func next() throws -> Operation? {
        guard position < bytes.endIndex else { return nil }
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        let line = bytes[position..<end]
        position = end < bytes.endIndex ? bytes.index(after: end) : end
        return line.isEmpty ? try next() : try Operation(parsing: Data(line))
    }

    /// The next operations of which each touches fields that none before it touches, so that they
    /// may be written in any order and leave the same records.
    ///
    /// - Parameter exists: whether a record has been created before these.
    mutating func nextIndependent(
        max: Int, exists: (String) -> Bool
    ) throws -> [Operation] {
        var found: [Operation] = []
        var fields: Set<String> = []
        var records: Set<String> = []
        while found.count < max {
            let before = position
            guard let operation = try next() else { break }
            let touched = (operation.touched ?? []).map { "\(operation.code).\($0)" }
            let mustCome = operation.touched == nil || !exists(operation.code)
            let clashes =
                mustCome
                ? records.contains(operation.code)
                : touched.contains { fields.contains($0) }
                    || fields.contains("\(operation.code).")
            if clashes {
                position = before
                break
            }
            records.insert(operation.code)
            fields.formUnion(operation.touched == nil ? ["\(operation.code)."] : touched)
            found.append(operation)
        }
        return found
    }
}
