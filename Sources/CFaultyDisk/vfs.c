// SPDX-License-Identifier: Apache-2.0
//
// The VFS itself: every call goes to "unix", and what it did to a file is noted.

#include "disk.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static sqlite3_vfs *unix_vfs;
static pthread_mutex_t settings_mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t random_state = 0x4F6E65677269642Eu;
/// 2026-01-01T00:00:00Z.
static int64_t clock_ms = 1767225600000;
/// From the noon at which Julian days begin until 1970, in milliseconds.
static const int64_t julian_ms = 210866760000000;

static struct disk_handle *handle_of(sqlite3_file *file) { return (struct disk_handle *)file; }

/// Whether an operation of this kind is to fail now. The folder is locked.
static bool fails(struct disk_folder *folder, int kind) {
    if (folder->fault != kind) return false;
    if (folder->fault_after > 0) {
        folder->fault_after -= 1;
        return false;
    }
    folder->fault_count += 1;
    return true;
}

static struct disk_folder *lock(struct disk_handle *handle) {
    struct disk_folder *folder = handle->file->folder;
    pthread_mutex_lock(&folder->mutex);
    return folder;
}

/// Looks whether somebody else has removed the file, when something is about to be noted again.
static void look_for(struct disk_handle *handle) {
    struct disk_file *file = handle->file;
    if (file->first || file->is_gone || access(handle->path, F_OK) == 0) return;
    struct disk_name *name = disk_find_name(file->folder, file->name, false);
    if (!name || disk_present(name) != file) return;
    file->is_gone = true;
    disk_drop(file);
}

// Files

static int handle_close(sqlite3_file *base) {
    struct disk_handle *handle = handle_of(base);
    struct disk_folder *folder = lock(handle);
    int result = handle->real->pMethods->xClose(handle->real);
    struct disk_handle **place = &handle->file->handles;
    while (*place != handle) place = &(*place)->next;
    *place = handle->next;
    disk_release(handle->file);
    folder->handles -= 1;
    base->pMethods = NULL;
    disk_unlock(folder);
    return result;
}

static int handle_read(sqlite3_file *base, void *bytes, int amount, sqlite3_int64 offset) {
    struct disk_handle *handle = handle_of(base);
    struct disk_folder *folder = lock(handle);
    int result = fails(folder, 4)
        ? SQLITE_IOERR_READ
        : handle->real->pMethods->xRead(handle->real, bytes, amount, offset);
    disk_unlock(folder);
    return result;
}

/// Carries out a write or truncation that is noted. The folder is locked.
static int change(struct disk_handle *handle, struct disk_operation *operation) {
    bool writes = operation->kind == FAULTY_DISK_WRITE;
    int64_t end = writes ? operation->offset + operation->length : INT64_MAX;
    int failure = writes ? SQLITE_IOERR_WRITE : SQLITE_IOERR_TRUNCATE;
    if (!disk_keep(handle->file, handle, operation->offset, end)) return failure;
    sqlite3_file *real = handle->real;
    return writes
        ? real->pMethods->xWrite(
            real, operation->bytes, (int)operation->length, operation->offset)
        : real->pMethods->xTruncate(real, operation->offset);
}

static int note_change(struct disk_handle *handle, int kind, int64_t offset,
                       const void *bytes, int64_t length) {
    look_for(handle);
    struct disk_operation *operation = disk_new_operation(kind, offset, bytes, length);
    if (!operation) return SQLITE_NOMEM;
    int result = change(handle, operation);
    if (result == SQLITE_OK) disk_append(handle->file, operation);
    else free(operation);
    return result;
}

static int handle_write(
    sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 offset
) {
    struct disk_handle *handle = handle_of(base);
    struct disk_folder *folder = lock(handle);
    int result;
    if (offset + amount > handle->file->size && fails(folder, 1)) result = SQLITE_FULL;
    else if (fails(folder, 2)) result = SQLITE_IOERR_WRITE;
    else result = note_change(handle, FAULTY_DISK_WRITE, offset, bytes, amount);
    disk_unlock(folder);
    return result;
}

static int handle_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct disk_handle *handle = handle_of(base);
    struct disk_folder *folder = lock(handle);
    int result = note_change(handle, FAULTY_DISK_TRUNCATE, size, NULL, 0);
    disk_unlock(folder);
    return result;
}

static int handle_sync(sqlite3_file *base, int flags) {
    (void)flags;
    struct disk_handle *handle = handle_of(base);
    struct disk_folder *folder = lock(handle);
    int result = SQLITE_OK;
    if (fails(folder, 3)) {
        disk_doubt(handle->file);
        result = SQLITE_IOERR_FSYNC;
    } else {
        disk_settle(handle->file);
        disk_note(folder, FAULTY_DISK_SYNC, handle->file, NULL);
        if (handle->syncs_folder) disk_sync_folder(folder);
        handle->syncs_folder = false;
    }
    disk_unlock(folder);
    return result;
}

static int handle_size(sqlite3_file *base, sqlite3_int64 *size) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xFileSize(handle->real, size);
}

static int handle_lock(sqlite3_file *base, int level) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xLock(handle->real, level);
}

static int handle_unlock(sqlite3_file *base, int level) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xUnlock(handle->real, level);
}

static int handle_check_lock(sqlite3_file *base, int *isReserved) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xCheckReservedLock(handle->real, isReserved);
}

static int handle_control(sqlite3_file *base, int operation, void *argument) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xFileControl(handle->real, operation, argument);
}

static int handle_sector(sqlite3_file *base) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xSectorSize(handle->real);
}

static int handle_device(sqlite3_file *base) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xDeviceCharacteristics(handle->real);
}

static int handle_map(sqlite3_file *base, int page, int size, int extends, void volatile **memory) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xShmMap(handle->real, page, size, extends, memory);
}

static int handle_lock_map(sqlite3_file *base, int offset, int count, int flags) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xShmLock(handle->real, offset, count, flags);
}

static void handle_barrier(sqlite3_file *base) {
    struct disk_handle *handle = handle_of(base);
    handle->real->pMethods->xShmBarrier(handle->real);
}

static int handle_unmap(sqlite3_file *base, int deletes) {
    struct disk_handle *handle = handle_of(base);
    return handle->real->pMethods->xShmUnmap(handle->real, deletes);
}

/// Version 2: nothing is written past xWrite, as through a mapped file.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = handle_close,
    .xRead = handle_read,
    .xWrite = handle_write,
    .xTruncate = handle_truncate,
    .xSync = handle_sync,
    .xFileSize = handle_size,
    .xLock = handle_lock,
    .xUnlock = handle_unlock,
    .xCheckReservedLock = handle_check_lock,
    .xFileControl = handle_control,
    .xSectorSize = handle_sector,
    .xDeviceCharacteristics = handle_device,
    .xShmMap = handle_map,
    .xShmLock = handle_lock_map,
    .xShmBarrier = handle_barrier,
    .xShmUnmap = handle_unmap,
};

// The VFS

static bool is_recorded(const char *path, int flags) {
    const int kinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL
        | SQLITE_OPEN_SUPER_JOURNAL;
    return path && (flags & kinds) && !(flags & SQLITE_OPEN_DELETEONCLOSE);
}

/// The file that has just been opened under the name; `existed` tells whether it was there before.
/// Null when there is no memory.
static struct disk_file *file_under(
    struct disk_name *name, struct disk_folder *folder, const struct stat *status, bool existed
) {
    struct disk_file *present = disk_present(name);
    bool is_known = present && existed && !present->is_gone
        && present->device == status->st_dev && present->inode == status->st_ino;
    if (is_known) return present;
    struct disk_file *file = disk_new_file(folder, name->text);
    if (!file) return NULL;
    file->device = status->st_dev;
    file->inode = status->st_ino;
    file->size = file->base_size = existed ? status->st_size : 0;
    // What was there without our knowledge is taken for durable, and so is its name.
    if (existed ? disk_replace(name, file) : disk_push(name, file)) {
        if (!existed) disk_note(folder, FAULTY_DISK_CREATE, file, NULL);
        return file;
    }
    file->references = 1;
    disk_release(file);
    return NULL;
}

static int vfs_open(
    sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *base, int flags, int *outFlags
) {
    (void)vfs;
    if (!is_recorded(path, flags)) return unix_vfs->xOpen(unix_vfs, path, base, flags, outFlags);
    struct disk_handle *handle = handle_of(base);
    memset(handle, 0, sizeof *handle);
    handle->real = (sqlite3_file *)(handle + 1);
    handle->real->pMethods = NULL;
    handle->path = path;
    struct disk_folder *folder = disk_lock_folder_of(path, true);
    if (!folder) return SQLITE_CANTOPEN;
    struct stat status;
    bool existed = stat(path, &status) == 0;
    int result = unix_vfs->xOpen(unix_vfs, path, handle->real, flags, outFlags);
    if (result == SQLITE_OK) {
        struct disk_name *name = disk_find_name(folder, disk_last_part(path), true);
        bool isThere = stat(path, &status) == 0;
        handle->file = name && isThere ? file_under(name, folder, &status, existed) : NULL;
        if (!handle->file) {
            handle->real->pMethods->xClose(handle->real);
            result = SQLITE_CANTOPEN;
        }
    }
    if (result == SQLITE_OK) {
        folder->handles += 1;
        handle->file->references += 1;
        handle->next = handle->file->handles;
        handle->file->handles = handle;
        // As the unix VFS: the first sync of a journal makes its name durable.
        handle->syncs_folder = (flags & SQLITE_OPEN_CREATE) && !(flags & SQLITE_OPEN_MAIN_DB);
        base->pMethods = &methods;
    }
    disk_unlock(folder);
    return result;
}

/// The file that the name is about to lose, held open so that a power cut can bring it back; null
/// when there is none or no memory.
static struct disk_file *hold(struct disk_folder *folder, const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) return NULL;
    struct disk_name *name = disk_find_name(folder, disk_last_part(path), true);
    struct disk_file *file = name ? file_under(name, folder, &status, true) : NULL;
    if (!file || file->descriptor >= 0) {
        close(descriptor);
        return file;
    }
    file->descriptor = descriptor;
    return file;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs) {
    (void)vfs;
    struct disk_folder *folder = disk_lock_folder_of(path, false);
    if (!folder) return unix_vfs->xDelete(unix_vfs, path, 0);
    struct disk_file *file = hold(folder, path);
    int result = unix_vfs->xDelete(unix_vfs, path, 0);
    if (result == SQLITE_OK && file) {
        struct disk_name *name = disk_find_name(folder, file->name, false);
        disk_note(folder, FAULTY_DISK_DELETE, file, NULL);
        if (!name || !disk_push(name, NULL)) result = SQLITE_NOMEM;
    }
    if (result == SQLITE_OK && syncs) disk_sync_folder(folder);
    disk_unlock(folder);
    return result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs;
    return unix_vfs->xAccess(unix_vfs, path, flags, result);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int room, char *full) {
    (void)vfs;
    return unix_vfs->xFullPathname(unix_vfs, path, room, full);
}

static void *vfs_load(sqlite3_vfs *vfs, const char *path) {
    (void)vfs;
    return unix_vfs->xDlOpen(unix_vfs, path);
}

static void vfs_load_error(sqlite3_vfs *vfs, int room, char *message) {
    (void)vfs;
    unix_vfs->xDlError(unix_vfs, room, message);
}

static void (*vfs_symbol(sqlite3_vfs *vfs, void *library, const char *name))(void) {
    (void)vfs;
    return unix_vfs->xDlSym(unix_vfs, library, name);
}

static void vfs_unload(sqlite3_vfs *vfs, void *library) {
    (void)vfs;
    unix_vfs->xDlClose(unix_vfs, library);
}

static int vfs_random(sqlite3_vfs *vfs, int count, char *bytes) {
    (void)vfs;
    pthread_mutex_lock(&settings_mutex);
    for (int index = 0; index < count; index++) bytes[index] = (char)disk_random(&random_state);
    pthread_mutex_unlock(&settings_mutex);
    return count;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return unix_vfs->xSleep(unix_vfs, microseconds);
}

static int vfs_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *time) {
    (void)vfs;
    pthread_mutex_lock(&settings_mutex);
    *time = clock_ms + julian_ms;
    pthread_mutex_unlock(&settings_mutex);
    return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *vfs, double *days) {
    sqlite3_int64 time;
    int result = vfs_time_ms(vfs, &time);
    *days = (double)time / 86400000.0;
    return result;
}

static int vfs_last_error(sqlite3_vfs *vfs, int room, char *message) {
    (void)vfs;
    return unix_vfs->xGetLastError(unix_vfs, room, message);
}

/// Version 2: nobody can replace system calls beneath.
static sqlite3_vfs faulty = {
    .iVersion = 2,
    .zName = "faulty-disk",
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xDlOpen = vfs_load,
    .xDlError = vfs_load_error,
    .xDlSym = vfs_symbol,
    .xDlClose = vfs_unload,
    .xRandomness = vfs_random,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_time,
    .xGetLastError = vfs_last_error,
    .xCurrentTimeInt64 = vfs_time_ms,
};

int faulty_disk_install(void) {
    static bool is_installed;
    int result = sqlite3_initialize();
    if (result != SQLITE_OK) return result;
    pthread_mutex_lock(&settings_mutex);
    if (!is_installed) {
        unix_vfs = sqlite3_vfs_find("unix");
        result = unix_vfs ? SQLITE_OK : SQLITE_NOTFOUND;
        if (result == SQLITE_OK) {
            faulty.szOsFile = (int)sizeof(struct disk_handle) + unix_vfs->szOsFile;
            faulty.mxPathname = unix_vfs->mxPathname;
            result = sqlite3_vfs_register(&faulty, 1);
            is_installed = result == SQLITE_OK;
        }
    }
    pthread_mutex_unlock(&settings_mutex);
    // What SQLite drew from the other VFS is forgotten; it asks this one next.
    if (result == SQLITE_OK) sqlite3_randomness(0, NULL);
    return result;
}

void faulty_disk_set_random(uint64_t seed) {
    pthread_mutex_lock(&settings_mutex);
    random_state = seed;
    pthread_mutex_unlock(&settings_mutex);
    sqlite3_randomness(0, NULL);
}

void faulty_disk_set_clock(int64_t unix_ms) {
    pthread_mutex_lock(&settings_mutex);
    clock_ms = unix_ms;
    pthread_mutex_unlock(&settings_mutex);
}
