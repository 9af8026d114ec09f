// SPDX-License-Identifier: Apache-2.0
//
// What is known of folders, names and files. All of a folder is guarded by its mutex.

#ifndef DISK_H
#define DISK_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "include/faulty_disk.h"

enum { DISK_BLOCK = 4096, DISK_BUCKETS = 256, DISK_SECTOR = 512 };

enum disk_fate {
    /// Not synced yet.
    DISK_PENDING,
    /// A sync of it has failed.
    DISK_DOUBTFUL,
    /// Synced, but younger than something doubtful.
    DISK_SAFE,
};

/// A write or truncation that is not in the file's base.
struct disk_operation {
    struct disk_operation *next;
    int kind;
    enum disk_fate fate;
    int64_t offset;
    int64_t length;
    unsigned char bytes[];
};

/// What a block held as of the base, kept when it was first written over.
struct disk_block {
    struct disk_block *next;
    int64_t index;
    unsigned char bytes[DISK_BLOCK];
};

/// One file, whatever its name is by now. Its base is the contents as of the last sync: that which
/// lies on the disk, with the kept blocks in their places.
struct disk_file {
    struct disk_folder *folder;
    int number;
    char *name;
    int64_t size;
    int64_t base_size;
    struct disk_block **blocks;
    struct disk_operation *first;
    struct disk_operation *last;
    /// Connections that have it open; any of them can read it.
    struct disk_handle *handles;
    /// Handles, and states of names.
    int references;
    /// A descriptor of a file without a name, which a power cut may give it back; else -1.
    int descriptor;
    /// Someone else has removed its name.
    bool is_gone;
    dev_t device;
    ino_t inode;
};

/// A name and the files it stood for since the folder was last synced, oldest first; null where
/// there was none. The first is durable, the last is what lies on the disk.
struct disk_name {
    struct disk_name *next;
    char *text;
    struct disk_file **states;
    int count;
};

struct disk_folder {
    struct disk_folder *next;
    char *path;
    pthread_mutex_t mutex;
    /// In the order of their bytes.
    struct disk_name *names;
    int files;
    /// How many connections have files open.
    int handles;
    int fault;
    uint64_t fault_after;
    uint64_t fault_count;
    bool is_recorded;
    struct faulty_disk_operation *recorded;
    uint64_t recorded_count;
    uint64_t recorded_room;
};

/// A file as one connection has it open. SQLite reserves the memory, and that of `real` behind it.
struct disk_handle {
    sqlite3_file base;
    struct disk_file *file;
    struct disk_handle *next;
    sqlite3_file *real;
    const char *path;
    /// The next sync is one of the folder too.
    bool syncs_folder;
};

/// The folder of this path, locked; made when it is not known and `makes`, else null.
struct disk_folder *disk_lock_folder(const char *path, bool makes);
/// The same for the folder of a file, whose path is absolute.
struct disk_folder *disk_lock_folder_of(const char *file, bool makes);
void disk_unlock(struct disk_folder *folder);
/// The last part of a path.
const char *disk_last_part(const char *path);

/// The name's row; made when it is not there and `makes`, else null.
struct disk_name *disk_find_name(struct disk_folder *folder, const char *text, bool makes);
/// What lies under the name now; may be null.
struct disk_file *disk_present(struct disk_name *name);
/// From now on the name stands for `file` or nothing.
bool disk_push(struct disk_name *name, struct disk_file *file);
/// The name stands for `file` durably, whatever it stood for.
bool disk_replace(struct disk_name *name, struct disk_file *file);
struct disk_file *disk_new_file(struct disk_folder *folder, const char *name);
void disk_release(struct disk_file *file);
void disk_sync_folder(struct disk_folder *folder);

/// Makes an operation that is not in the list yet; null when there is no memory.
struct disk_operation *disk_new_operation(
    int kind, int64_t offset, const void *bytes, int64_t length);
/// Keeps what lies in these bytes and belongs to the base, as far as it is not kept yet.
bool disk_keep(struct disk_file *file, struct disk_handle *by, int64_t from, int64_t to);
/// The file's operation was carried out.
void disk_append(struct disk_file *file, struct disk_operation *operation);
/// A sync has succeeded.
void disk_settle(struct disk_file *file);
/// A sync has failed.
void disk_doubt(struct disk_file *file);
/// Nothing of the file matters any more.
void disk_drop(struct disk_file *file);

/// Adds to the folder's recording, if there is one.
void disk_note(
    struct disk_folder *folder, int kind, const struct disk_file *file,
    const struct disk_operation *operation);

/// The next number of a SplitMix64 generator.
uint64_t disk_random(uint64_t *state);

#endif
