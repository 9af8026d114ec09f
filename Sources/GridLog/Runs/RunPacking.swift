// SPDX-License-Identifier: Apache-2.0

import CRunPacking

/// The compression of runs: zstd (RFC 8878) at level 3.
enum RunPacking {
    /// One frame, in which a block ends at each cut; cuts ascend. Nil when there was no memory.
    static func pack(_ plain: [UInt8], cuts: [Int] = []) -> [UInt8]? {
        packed(run_packing_bound(plain.count, cuts.count)) { target, bound in
            plain.withUnsafeBytes { plain in
                cuts.withUnsafeBufferPointer { cuts in
                    cuts.withMemoryRebound(to: UInt.self) { cuts in
                        run_packing_pack(
                            target, bound, plain.baseAddress, plain.count, cuts.baseAddress,
                            cuts.count)
                    }
                }
            }
        }
    }

    /// One frame with the dictionary of small runs. Nil when there was no memory.
    static func packSmall(_ plain: [UInt8]) -> [UInt8]? {
        packed(run_packing_bound(plain.count, 0)) { target, bound in
            plain.withUnsafeBytes {
                run_packing_pack_small(target, bound, $0.baseAddress, $0.count)
            }
        }
    }

    private static func packed(
        _ bound: Int, _ pack: (UnsafeMutablePointer<UInt8>?, Int) -> Int
    ) -> [UInt8]? {
        let packed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = pack(buffer.baseAddress, bound)
        }
        return packed.isEmpty ? nil : packed
    }

    /// Exactly `size` bytes of one frame, or nil. Whoever calls has bounded the size.
    static func unpack(_ packed: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        unpacked(packed, size: size, by: run_packing_unpack)
    }

    /// The same of any number of frames that have no dictionary.
    static func unpackFrames(_ packed: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        unpacked(packed, size: size, by: run_packing_unpack_frames)
    }

    private static func unpacked(
        _ packed: ArraySlice<UInt8>, size: Int,
        by unpack: (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int) -> Int32
    ) -> [UInt8]? {
        var isWhole = false
        let plain = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            isWhole = packed.withUnsafeBytes {
                unpack(buffer.baseAddress, size, $0.baseAddress, $0.count) == 1
            }
            count = isWhole ? size : 0
        }
        return isWhole ? plain : nil
    }
}
