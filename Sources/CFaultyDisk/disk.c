// SPDX-License-Identifier: Apache-2.0

#include "disk.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t table_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct disk_folder *table;

uint64_t disk_random(uint64_t *state) {
    uint64_t mixed = (*state += 0x9E3779B97F4A7C15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

// Folders and names

static struct disk_folder *make_folder(const char *path) {
    struct disk_folder *folder = calloc(1, sizeof *folder);
    if (!folder) return NULL;
    folder->path = strdup(path);
    if (!folder->path) {
        free(folder);
        return NULL;
    }
    pthread_mutex_init(&folder->mutex, NULL);
    folder->next = table;
    table = folder;
    return folder;
}

/// `path` has no links and no slash at its end.
static struct disk_folder *lock_resolved(const char *path, bool makes) {
    pthread_mutex_lock(&table_mutex);
    struct disk_folder *folder = table;
    while (folder && strcmp(folder->path, path) != 0) folder = folder->next;
    if (!folder && makes) folder = make_folder(path);
    if (folder) pthread_mutex_lock(&folder->mutex);
    pthread_mutex_unlock(&table_mutex);
    return folder;
}

struct disk_folder *disk_lock_folder(const char *path, bool makes) {
    char *resolved = realpath(path, NULL);
    if (!resolved) resolved = strdup(path);
    if (!resolved) return NULL;
    struct disk_folder *folder = lock_resolved(resolved, makes);
    free(resolved);
    return folder;
}

struct disk_folder *disk_lock_folder_of(const char *file, bool makes) {
    size_t length = (size_t)(disk_last_part(file) - file);
    if (length > 1) length -= 1;
    char path[PATH_MAX];
    if (length >= sizeof path) return NULL;
    memcpy(path, file, length);
    path[length] = 0;
    return lock_resolved(path, makes);
}

void disk_unlock(struct disk_folder *folder) { pthread_mutex_unlock(&folder->mutex); }

const char *disk_last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

struct disk_name *disk_find_name(struct disk_folder *folder, const char *text, bool makes) {
    struct disk_name **place = &folder->names;
    int order = 1;
    while (*place && (order = strcmp((*place)->text, text)) < 0) place = &(*place)->next;
    if (*place && order == 0) return *place;
    if (!makes) return NULL;
    struct disk_name *name = calloc(1, sizeof *name);
    if (!name) return NULL;
    name->text = strdup(text);
    name->states = calloc(1, sizeof *name->states);
    if (!name->text || !name->states) {
        free(name->text);
        free(name->states);
        free(name);
        return NULL;
    }
    name->count = 1;
    name->next = *place;
    *place = name;
    return name;
}

struct disk_file *disk_present(struct disk_name *name) { return name->states[name->count - 1]; }

bool disk_push(struct disk_name *name, struct disk_file *file) {
    size_t bytes = ((size_t)name->count + 1) * sizeof *name->states;
    struct disk_file **states = realloc(name->states, bytes);
    if (!states) return false;
    name->states = states;
    states[name->count++] = file;
    if (file) file->references += 1;
    return true;
}

/// Only the last state counts from now on.
static void collapse(struct disk_name *name) {
    for (int index = 0; index < name->count - 1; index++) disk_release(name->states[index]);
    name->states[0] = name->states[name->count - 1];
    name->count = 1;
}

bool disk_replace(struct disk_name *name, struct disk_file *file) {
    if (!disk_push(name, file)) return false;
    collapse(name);
    return true;
}

void disk_sync_folder(struct disk_folder *folder) {
    struct disk_name **place = &folder->names;
    while (*place) {
        struct disk_name *name = *place;
        collapse(name);
        if (name->states[0]) {
            place = &name->next;
            continue;
        }
        *place = name->next;
        free(name->states);
        free(name->text);
        free(name);
    }
    disk_note(folder, FAULTY_DISK_SYNC_FOLDER, NULL, NULL);
}

// Files

struct disk_file *disk_new_file(struct disk_folder *folder, const char *name) {
    struct disk_file *file = calloc(1, sizeof *file);
    if (!file) return NULL;
    file->name = strdup(name);
    if (!file->name) {
        free(file);
        return NULL;
    }
    file->folder = folder;
    file->number = ++folder->files;
    file->descriptor = -1;
    return file;
}

void disk_release(struct disk_file *file) {
    if (!file || --file->references > 0) return;
    disk_drop(file);
    if (file->descriptor >= 0) close(file->descriptor);
    free(file->blocks);
    free(file->name);
    free(file);
}

struct disk_operation *disk_new_operation(
    int kind, int64_t offset, const void *bytes, int64_t length
) {
    struct disk_operation *operation = malloc(sizeof *operation + (size_t)length);
    if (!operation) return NULL;
    operation->next = NULL;
    operation->kind = kind;
    operation->fate = DISK_PENDING;
    operation->offset = offset;
    operation->length = length;
    if (length > 0) memcpy(operation->bytes, bytes, (size_t)length);
    return operation;
}

static bool is_kept(const struct disk_file *file, int64_t index) {
    const struct disk_block *block = file->blocks[index % DISK_BUCKETS];
    while (block && block->index != index) block = block->next;
    return block != NULL;
}

bool disk_keep(struct disk_file *file, struct disk_handle *by, int64_t from, int64_t to) {
    if (file->is_gone) return true;
    if (to > file->base_size) to = file->base_size;
    if (from >= to) return true;
    if (!file->blocks) file->blocks = calloc(DISK_BUCKETS, sizeof(struct disk_block *));
    if (!file->blocks) return false;
    for (int64_t index = from / DISK_BLOCK; index * DISK_BLOCK < to; index++) {
        if (is_kept(file, index)) continue;
        struct disk_block *block = malloc(sizeof *block);
        if (!block) return false;
        int result = by->real->pMethods->xRead(
            by->real, block->bytes, DISK_BLOCK, index * DISK_BLOCK);
        if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) {
            free(block);
            return false;
        }
        block->index = index;
        block->next = file->blocks[index % DISK_BUCKETS];
        file->blocks[index % DISK_BUCKETS] = block;
    }
    return true;
}

void disk_append(struct disk_file *file, struct disk_operation *operation) {
    int64_t end = operation->offset + operation->length;
    if (operation->kind == FAULTY_DISK_TRUNCATE || end > file->size) file->size = end;
    disk_note(file->folder, operation->kind, file, operation);
    if (file->is_gone) {
        free(operation);
        return;
    }
    if (file->last) file->last->next = operation;
    else file->first = operation;
    file->last = operation;
}

static void drop_blocks(struct disk_file *file) {
    if (!file->blocks) return;
    for (int bucket = 0; bucket < DISK_BUCKETS; bucket++) {
        struct disk_block *block = file->blocks[bucket];
        file->blocks[bucket] = NULL;
        while (block) {
            struct disk_block *next = block->next;
            free(block);
            block = next;
        }
    }
}

void disk_drop(struct disk_file *file) {
    struct disk_operation *operation = file->first;
    while (operation) {
        struct disk_operation *next = operation->next;
        free(operation);
        operation = next;
    }
    file->first = file->last = NULL;
    drop_blocks(file);
    file->base_size = file->size;
}

/// Whether nothing of an operation can be seen any more, now that those after it are safe.
static bool is_covered(const struct disk_operation *operation) {
    if (operation->kind != FAULTY_DISK_WRITE) return false;
    for (const struct disk_operation *later = operation->next; later; later = later->next) {
        if (later->fate != DISK_SAFE) continue;
        if (later->kind == FAULTY_DISK_TRUNCATE && later->offset <= operation->offset) return true;
        if (later->kind == FAULTY_DISK_WRITE && later->offset <= operation->offset
            && later->offset + later->length >= operation->offset + operation->length) return true;
    }
    return false;
}

void disk_settle(struct disk_file *file) {
    bool is_doubtful = false;
    for (struct disk_operation *operation = file->first; operation; operation = operation->next) {
        if (operation->fate == DISK_PENDING) operation->fate = DISK_SAFE;
    }
    for (struct disk_operation *operation = file->first; operation; operation = operation->next) {
        if (operation->fate != DISK_DOUBTFUL) continue;
        if (is_covered(operation)) operation->fate = DISK_SAFE;
        else is_doubtful = true;
    }
    if (!is_doubtful) disk_drop(file);
}

void disk_doubt(struct disk_file *file) {
    for (struct disk_operation *operation = file->first; operation; operation = operation->next) {
        if (operation->fate == DISK_PENDING) operation->fate = DISK_DOUBTFUL;
    }
}

// The recording

void disk_note(
    struct disk_folder *folder, int kind, const struct disk_file *file,
    const struct disk_operation *operation
) {
    if (!folder->is_recorded || (file && file->is_gone)) return;
    if (folder->recorded_count == folder->recorded_room) {
        uint64_t room = folder->recorded_room ? 2 * folder->recorded_room : 1024;
        void *more = realloc(folder->recorded, room * sizeof *folder->recorded);
        if (!more) abort();
        folder->recorded = more;
        folder->recorded_room = room;
    }
    struct faulty_disk_operation *noted = &folder->recorded[folder->recorded_count++];
    memset(noted, 0, sizeof *noted);
    noted->kind = kind;
    if (file) {
        noted->file = file->number;
        noted->name = strdup(file->name);
        if (!noted->name) abort();
    }
    if (operation) {
        noted->offset = operation->offset;
        noted->length = (uint64_t)operation->length;
        uint8_t *bytes = malloc((size_t)operation->length + 1);
        if (!bytes) abort();
        memcpy(bytes, operation->bytes, (size_t)operation->length);
        noted->bytes = bytes;
    }
}

void faulty_disk_record(const char *path) {
    struct disk_folder *folder = disk_lock_folder(path, true);
    if (!folder) return;
    folder->is_recorded = true;
    disk_unlock(folder);
}

uint64_t faulty_disk_operation_count(const char *path) {
    struct disk_folder *folder = disk_lock_folder(path, false);
    if (!folder) return 0;
    uint64_t count = folder->recorded_count;
    disk_unlock(folder);
    return count;
}

int faulty_disk_operation_at(
    const char *path, uint64_t index, struct faulty_disk_operation *operation
) {
    struct disk_folder *folder = disk_lock_folder(path, false);
    if (!folder) return ENOENT;
    bool is_there = index < folder->recorded_count;
    if (is_there) *operation = folder->recorded[index];
    disk_unlock(folder);
    return is_there ? 0 : ENOENT;
}

// Faults, and forgetting

void faulty_disk_set_fault(const char *path, int kind, uint64_t after) {
    struct disk_folder *folder = disk_lock_folder(path, true);
    if (!folder) return;
    folder->fault = kind;
    folder->fault_after = after;
    folder->fault_count = 0;
    disk_unlock(folder);
}

uint64_t faulty_disk_fault_count(const char *path) {
    struct disk_folder *folder = disk_lock_folder(path, false);
    if (!folder) return 0;
    uint64_t count = folder->fault_count;
    disk_unlock(folder);
    return count;
}

/// Takes a folder that nobody has open out of the table, so that nobody else can lock it.
static struct disk_folder *take(const char *path) {
    char *resolved = realpath(path, NULL);
    pthread_mutex_lock(&table_mutex);
    struct disk_folder **place = &table;
    while (*place && strcmp((*place)->path, resolved ? resolved : path) != 0) {
        place = &(*place)->next;
    }
    struct disk_folder *folder = *place;
    if (folder) {
        pthread_mutex_lock(&folder->mutex);
        bool is_open = folder->handles > 0;
        pthread_mutex_unlock(&folder->mutex);
        if (is_open) folder = NULL;
        else *place = folder->next;
    }
    pthread_mutex_unlock(&table_mutex);
    free(resolved);
    return folder;
}

void faulty_disk_forget(const char *path) {
    struct disk_folder *folder = take(path);
    if (!folder) return;
    while (folder->names) {
        struct disk_name *name = folder->names;
        folder->names = name->next;
        for (int index = 0; index < name->count; index++) disk_release(name->states[index]);
        free(name->states);
        free(name->text);
        free(name);
    }
    for (uint64_t index = 0; index < folder->recorded_count; index++) {
        free((void *)folder->recorded[index].name);
        free((void *)folder->recorded[index].bytes);
    }
    free(folder->recorded);
    pthread_mutex_destroy(&folder->mutex);
    free(folder->path);
    free(folder);
}
