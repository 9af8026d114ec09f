// SPDX-License-Identifier: Apache-2.0

import CRunPacking

/// The compression of runs: zstd (RFC 8878) at level 3.
enum RunPacking {
    /// One frame. A block ends at each cut; cuts ascend. Nil when there was no memory for it.
    static func pack(_ plain: [UInt8], cuts: [Int] = []) -> [UInt8]? {
        let bound = run_packing_bound(plain.count, cuts.count)
        let packed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = plain.withUnsafeBytes { plain in
                cuts.withUnsafeBufferPointer { cuts in
                    cuts.withMemoryRebound(to: UInt.self) { cuts in
                        run_packing_pack(
                            buffer.baseAddress, bound, plain.baseAddress, plain.count,
                            cuts.baseAddress, cuts.count)
                    }
                }
            }
        }
        return packed.isEmpty ? nil : packed
    }

    /// Exactly `size` bytes, or nil. Whoever calls has bounded the size.
    ///
    /// - Parameter isOneFrame: whether more than one frame, or one that is to be skipped, is wrong.
    static func unpack(
        _ packed: ArraySlice<UInt8>, size: Int, isOneFrame: Bool
    ) -> [UInt8]? {
        var isWhole = false
        let plain = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            isWhole = packed.withUnsafeBytes {
                let unpack = isOneFrame ? run_packing_unpack : run_packing_unpack_frames
                return unpack(buffer.baseAddress, size, $0.baseAddress, $0.count) == 1
            }
            count = isWhole ? size : 0
        }
        return isWhole ? plain : nil
    }
}
