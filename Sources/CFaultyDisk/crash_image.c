// SPDX-License-Identifier: Apache-2.0
//
// What a power cut may leave.

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct image {
    unsigned char *bytes;
    int64_t size;
    int64_t room;
};

/// What the seed lets happen to a file's operations.
enum fortune {
    /// All survive.
    EVERYTHING,
    /// None survives.
    NOTHING,
    /// They survive up to one of them, which is torn.
    PREFIX,
    /// Each survives, is torn or is lost by itself.
    EACH,
};

/// Bytes beyond the old size are zero.
static bool resize(struct image *image, int64_t size) {
    if (size > image->room) {
        unsigned char *more = realloc(image->bytes, (size_t)size);
        if (!more) return false;
        image->bytes = more;
        image->room = size;
    }
    if (size > image->size) memset(image->bytes + image->size, 0, (size_t)(size - image->size));
    image->size = size;
    return true;
}

/// Reads what lies on the disk. The database itself is read by a handle where there is one: to
/// close another descriptor of it would end the locks of this process.
static int read_present(const struct disk_file *file, const char *path, struct image *image) {
    if (!resize(image, file->size)) return ENOMEM;
    if (file->handles) {
        sqlite3_file *real = file->handles->real;
        int64_t offset = 0;
        while (offset < file->size) {
            int64_t left = file->size - offset;
            int amount = (int)(left > 1048576 ? 1048576 : left);
            int result = real->pMethods->xRead(real, image->bytes + offset, amount, offset);
            if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) return EIO;
            offset += amount;
        }
        return 0;
    }
    int descriptor = file->descriptor >= 0 ? file->descriptor : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    int64_t offset = 0;
    ssize_t count = 1;
    while (offset < file->size && count > 0) {
        count = pread(descriptor, image->bytes + offset, (size_t)(file->size - offset), offset);
        if (count > 0) offset += count;
    }
    int failure = count < 0 ? errno : 0;
    if (file->descriptor < 0) close(descriptor);
    return failure;
}

/// Takes the image of what lies on the disk back to the file's base.
static bool restore_base(const struct disk_file *file, struct image *image) {
    if (!resize(image, file->base_size)) return false;
    for (int bucket = 0; file->blocks && bucket < DISK_BUCKETS; bucket++) {
        for (struct disk_block *block = file->blocks[bucket]; block; block = block->next) {
            int64_t start = block->index * DISK_BLOCK;
            int64_t length = file->base_size - start;
            if (length > DISK_BLOCK) length = DISK_BLOCK;
            if (length > 0) memcpy(image->bytes + start, block->bytes, (size_t)length);
        }
    }
    return true;
}

static bool apply(
    const struct disk_operation *operation, int64_t from, int64_t to, struct image *image
) {
    if (operation->kind == FAULTY_DISK_TRUNCATE) return resize(image, operation->offset);
    if (from >= to) return true;
    if (operation->offset + to > image->size && !resize(image, operation->offset + to)) {
        return false;
    }
    memcpy(
        image->bytes + operation->offset + from, operation->bytes + from, (size_t)(to - from));
    return true;
}

/// Applies the front or the back of a write, cut at one of the sectors it touches.
static bool apply_torn(
    const struct disk_operation *operation, uint64_t *random, struct image *image
) {
    uint64_t drawn = disk_random(random);
    if (operation->kind == FAULTY_DISK_TRUNCATE) {
        return drawn & 1 ? apply(operation, 0, 0, image) : true;
    }
    int64_t first = operation->offset / DISK_SECTOR + 1;
    int64_t count = (operation->offset + operation->length - 1) / DISK_SECTOR - first + 1;
    // Within one sector it is there or not.
    if (count <= 0) return drawn & 1 ? apply(operation, 0, operation->length, image) : true;
    int64_t sector = first + (int64_t)((drawn >> 1) % (uint64_t)count);
    int64_t cut = sector * DISK_SECTOR - operation->offset;
    return drawn & 1
        ? apply(operation, 0, cut, image)
        : apply(operation, cut, operation->length, image);
}

static enum fortune draw_fortune(uint64_t seed, uint64_t *random) {
    if (seed == UINT64_MAX) return NOTHING;
    switch (disk_random(random) % 8) {
    case 0: return EVERYTHING;
    case 1: return NOTHING;
    case 2:
    case 3: return PREFIX;
    default: return EACH;
    }
}

static bool replay(
    const struct disk_file *file, uint64_t seed, uint64_t *random, struct image *image
) {
    enum fortune fortune = draw_fortune(seed, random);
    uint64_t open = 0;
    const struct disk_operation *operation;
    for (operation = file->first; operation; operation = operation->next) {
        if (operation->fate != DISK_SAFE) open += 1;
    }
    uint64_t last = fortune == PREFIX && open > 0 ? disk_random(random) % open : 0;
    uint64_t index = 0;
    for (operation = file->first; operation; operation = operation->next) {
        bool is_whole = true;
        bool is_torn = false;
        if (operation->fate != DISK_SAFE) {
            uint64_t drawn = fortune == EACH ? disk_random(random) % 8 : 0;
            is_whole = fortune == EVERYTHING || (fortune == PREFIX && index < last)
                || (fortune == EACH && drawn < 3);
            is_torn = (fortune == PREFIX && index == last) || (fortune == EACH && drawn > 5);
            index += 1;
        }
        if (is_torn && !apply_torn(operation, random, image)) return false;
        if (!is_torn && is_whole && !apply(operation, 0, operation->length, image)) return false;
    }
    return true;
}

static int write_image(const char *path, const struct image *image) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return errno;
    int64_t offset = 0;
    ssize_t count = 1;
    while (offset < image->size && count > 0) {
        count = write(descriptor, image->bytes + offset, (size_t)(image->size - offset));
        if (count > 0) offset += count;
    }
    int failure = offset < image->size ? (count < 0 ? errno : EIO) : 0;
    close(descriptor);
    return failure;
}

/// Makes the image of one name, or nothing where there is no file.
static int make_image(
    const struct disk_folder *folder, struct disk_name *name, const char *target, uint64_t seed,
    uint64_t *random
) {
    int state = name->count - 1;
    if (seed == UINT64_MAX) state = 0;
    else if (seed != 0 && state > 0) {
        state = (int)(disk_random(random) % (uint64_t)name->count);
    }
    const struct disk_file *file = name->states[state];
    if (!file || file->is_gone) return 0;
    char from[PATH_MAX];
    char to[PATH_MAX];
    if (snprintf(from, sizeof from, "%s/%s", folder->path, name->text) >= (int)sizeof from
        || snprintf(to, sizeof to, "%s/%s", target, name->text) >= (int)sizeof to) {
        return ENAMETOOLONG;
    }
    struct image image = {0};
    int failure = read_present(file, from, &image);
    // Removed by someone else while nobody had it open.
    bool is_gone = failure == ENOENT;
    if (failure == 0 && seed != 0) {
        bool is_made = restore_base(file, &image) && replay(file, seed, random, &image);
        failure = is_made ? 0 : ENOMEM;
    }
    if (failure == 0) failure = write_image(to, &image);
    free(image.bytes);
    return is_gone ? 0 : failure;
}

int faulty_disk_crash_image(const char *path, const char *target, uint64_t seed) {
    struct disk_folder *folder = disk_lock_folder(path, false);
    if (!folder) return 0;
    uint64_t random = seed;
    int failure = 0;
    for (struct disk_name *name = folder->names; name && failure == 0; name = name->next) {
        failure = make_image(folder, name, target, seed, &random);
    }
    disk_unlock(folder);
    return failure;
}
