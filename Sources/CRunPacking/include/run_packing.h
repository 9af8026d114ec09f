// SPDX-License-Identifier: Apache-2.0

#ifndef RUN_PACKING_H
#define RUN_PACKING_H

#include <stddef.h>

/// Room for whatever `run_packing_pack` writes.
size_t run_packing_bound(size_t size, size_t cut_count);

/// Compresses the bytes to one zstd frame (RFC 8878) at level 3 that does not state its size.
///
/// A block ends at each cut, so that what lies between two cuts has entropy tables of its own. Cuts
/// ascend and lie within the bytes.
///
/// @return bytes written; 0 when there was no memory
size_t run_packing_pack(
    void *target, size_t capacity, const void *source, size_t size, const size_t *cuts,
    size_t cut_count);

/// The same in one block for each 128 KiB, with the dictionary of small runs.
size_t run_packing_pack_small(void *target, size_t capacity, const void *source, size_t size);

/// Decompresses what may be anything at all. A frame that names the dictionary of small runs has it,
/// one that names another has none.
///
/// @return 1 when the source is one frame and nothing else, and holds exactly `size` bytes, else 0
int run_packing_unpack(void *target, size_t size, const void *source, size_t source_size);

/// The same for any number of frames one after the other, without a dictionary.
int run_packing_unpack_frames(void *target, size_t size, const void *source, size_t source_size);

#endif
