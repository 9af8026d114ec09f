// SPDX-License-Identifier: Apache-2.0

#include "run_packing.h"

#include <stdatomic.h>
#include <zstd.h>

// Contexts that nobody uses now. Making one costs more than packing a small run, and threads come
// and go: so whoever needs one takes it out of a slot, and puts it back where a slot is empty.
enum { slot_count = 4, level = 3 };
static _Atomic(void *) compressors[slot_count];
static _Atomic(void *) decompressors[slot_count];

static void *taken(_Atomic(void *) slots[]) {
    for (int slot = 0; slot < slot_count; slot++) {
        void *context = atomic_exchange(&slots[slot], NULL);
        if (context) return context;
    }
    return NULL;
}

static int is_put_back(_Atomic(void *) slots[], void *context) {
    for (int slot = 0; slot < slot_count; slot++) {
        void *empty = NULL;
        if (atomic_compare_exchange_strong(&slots[slot], &empty, context)) return 1;
    }
    return 0;
}

size_t run_packing_bound(size_t size, size_t cut_count) {
    // A block that does not shrink has a header of three bytes; so has a last, empty one.
    return ZSTD_compressBound(size) + 3 * (cut_count + 1);
}

static int configure(ZSTD_CCtx *context, size_t size) {
    return !ZSTD_isError(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters))
        && !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level))
        && !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0))
        && !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context, size));
}

static size_t packed(
    ZSTD_CCtx *context, void *target, size_t capacity, const void *source, size_t size,
    const size_t *cuts, size_t cut_count) {
    if (!configure(context, size)) return 0;
    ZSTD_outBuffer output = {target, capacity, 0};
    ZSTD_inBuffer input = {source, 0, 0};
    for (size_t cut = 0; cut < cut_count; cut++) {
        input.size = cuts[cut];
        if (ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush) != 0) return 0;
    }
    input.size = size;
    if (ZSTD_compressStream2(context, &output, &input, ZSTD_e_end) != 0) return 0;
    return output.pos;
}

size_t run_packing_pack(
    void *target, size_t capacity, const void *source, size_t size, const size_t *cuts,
    size_t cut_count) {
    ZSTD_CCtx *context = taken(compressors);
    if (!context) context = ZSTD_createCCtx();
    if (!context) return 0;
    size_t written = packed(context, target, capacity, source, size, cuts, cut_count);
    if (!is_put_back(compressors, context)) ZSTD_freeCCtx(context);
    return written;
}

int run_packing_unpack(void *target, size_t size, const void *source, size_t source_size) {
    return ZSTD_findFrameCompressedSize(source, source_size) == source_size
        && run_packing_unpack_frames(target, size, source, source_size);
}

int run_packing_unpack_frames(void *target, size_t size, const void *source, size_t source_size) {
    ZSTD_DCtx *context = taken(decompressors);
    if (!context) context = ZSTD_createDCtx();
    if (!context) return 0;
    size_t written = ZSTD_decompressDCtx(context, target, size, source, source_size);
    if (!is_put_back(decompressors, context)) ZSTD_freeDCtx(context);
    return written == size;
}
