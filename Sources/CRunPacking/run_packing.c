// SPDX-License-Identifier: Apache-2.0

#include "run_packing.h"

#include <stdatomic.h>
#include <zstd.h>

#include "dictionary.h"

enum { slot_count = 4, level = 3 };

// Contexts that nobody uses now. Making one costs more than packing a small run, and threads come
// and go: so whoever needs one takes it out of a slot, and puts it back where a slot is empty.
typedef _Atomic(void *) slots[slot_count];
static slots compressors;
static slots decompressors;

// The dictionary as zstd likes to have it, made when it is first needed and kept.
static _Atomic(ZSTD_CDict *) packing_dictionary;
static _Atomic(ZSTD_DDict *) unpacking_dictionary;

static void *taken(slots slots) {
    for (int slot = 0; slot < slot_count; slot++) {
        void *context = atomic_exchange(&slots[slot], NULL);
        if (context) return context;
    }
    return NULL;
}

static int is_put_back(slots slots, void *context) {
    for (int slot = 0; slot < slot_count; slot++) {
        void *empty = NULL;
        if (atomic_compare_exchange_strong(&slots[slot], &empty, context)) return 1;
    }
    return 0;
}

// Of two that are made at once the first stays, and the other is given up.
static const ZSTD_CDict *dictionary_to_pack(void) {
    ZSTD_CDict *known = atomic_load(&packing_dictionary);
    if (known) return known;
    ZSTD_CDict *made = ZSTD_createCDict(run_packing_dictionary, run_packing_dictionary_size, level);
    if (!made || atomic_compare_exchange_strong(&packing_dictionary, &known, made)) return made;
    ZSTD_freeCDict(made);
    return known;
}

static const ZSTD_DDict *dictionary_to_unpack(void) {
    ZSTD_DDict *known = atomic_load(&unpacking_dictionary);
    if (known) return known;
    ZSTD_DDict *made = ZSTD_createDDict(run_packing_dictionary, run_packing_dictionary_size);
    if (!made || atomic_compare_exchange_strong(&unpacking_dictionary, &known, made)) return made;
    ZSTD_freeDDict(made);
    return known;
}

size_t run_packing_bound(size_t size, size_t cut_count) {
    // A block that does not shrink has a header of three bytes; so has a last, empty one.
    return ZSTD_compressBound(size) + 3 * (cut_count + 1);
}

// What a frame states of itself costs bytes: of these it states none that the envelope does.
static int configure(ZSTD_CCtx *context, size_t size, const ZSTD_CDict *dictionary) {
    return !ZSTD_isError(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters))
        && !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level))
        && !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0))
        && !ZSTD_isError(ZSTD_CCtx_refCDict(context, dictionary))
        && !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context, size));
}

static size_t packed(
    ZSTD_CCtx *context, void *target, size_t capacity, const void *source, size_t size,
    const size_t *cuts, size_t cut_count) {
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

static size_t pack(
    void *target, size_t capacity, const void *source, size_t size, const size_t *cuts,
    size_t cut_count, const ZSTD_CDict *dictionary) {
    ZSTD_CCtx *context = taken(compressors);
    if (!context) context = ZSTD_createCCtx();
    if (!context) return 0;
    size_t written = 0;
    if (configure(context, size, dictionary))
        written = packed(context, target, capacity, source, size, cuts, cut_count);
    if (!is_put_back(compressors, context)) ZSTD_freeCCtx(context);
    return written;
}

size_t run_packing_pack(
    void *target, size_t capacity, const void *source, size_t size, const size_t *cuts,
    size_t cut_count) {
    return pack(target, capacity, source, size, cuts, cut_count, NULL);
}

size_t run_packing_pack_small(void *target, size_t capacity, const void *source, size_t size) {
    const ZSTD_CDict *dictionary = dictionary_to_pack();
    return dictionary ? pack(target, capacity, source, size, NULL, 0, dictionary) : 0;
}

static int is_unpacked(
    void *target, size_t size, const void *source, size_t source_size,
    const ZSTD_DDict *dictionary) {
    ZSTD_DCtx *context = taken(decompressors);
    if (!context) context = ZSTD_createDCtx();
    if (!context) return 0;
    size_t written = ZSTD_decompress_usingDDict(
        context, target, size, source, source_size, dictionary);
    if (!is_put_back(decompressors, context)) ZSTD_freeDCtx(context);
    return written == size;
}

int run_packing_unpack(void *target, size_t size, const void *source, size_t source_size) {
    if (ZSTD_findFrameCompressedSize(source, source_size) != source_size) return 0;
    const ZSTD_DDict *dictionary = NULL;
    if (ZSTD_getDictID_fromFrame(source, source_size) == run_packing_dictionary_number) {
        dictionary = dictionary_to_unpack();
        if (!dictionary) return 0;
    }
    return is_unpacked(target, size, source, source_size, dictionary);
}

int run_packing_unpack_frames(void *target, size_t size, const void *source, size_t source_size) {
    return is_unpacked(target, size, source, source_size, NULL);
}
