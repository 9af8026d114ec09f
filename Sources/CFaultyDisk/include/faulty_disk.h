// SPDX-License-Identifier: Apache-2.0
//
// A disk under SQLite that loses power, for tests: a VFS over "unix" that knows, for every
// database, journal and write-ahead log, what the last sync has made durable and what was written
// since. From that it makes the files that a power cut may leave.
//
// What the model covers
// - A file's contents are durable as of its last successful xSync. Each write and truncation since
//   may be there whole, be torn at a 512-byte sector (the front or the back of it is there), or be
//   missing, whatever became of those before and after it.
// - Names are durable as of the last sync of their folder: the first xSync of a journal or
//   write-ahead log that was opened to be created, or an xDelete that asks for it, as the unix VFS
//   does them. Before that, each name has any one of the states it went through since, whatever
//   became of other names: not yet made, made, removed, made again.
// - After a failed xSync, what was written before it may be lost for ever, whatever a later sync
//   says, until the same bytes are written again and synced.
// What it does not cover
// - Bits that flip, bytes of a torn sector that are neither old nor new, sectors beside the written
//   ones that change (SQLite is told of power-safe overwriting, as by the unix VFS).
// - The shared memory of the write-ahead log (it holds no data and never outlives a power cut),
//   temporary files, and files that others than SQLite write. A file whose name someone else has
//   removed is no longer recorded.
//
// Nothing is really synced: the files live in the page cache, and durability is only reckoned.
//
// Folders are given by their path and are those in which the files lie directly. Every function
// may be called from any thread. Random bytes and the clock are one for the process, as they are
// in SQLite: a run repeats byte for byte when one thread at a time opens and writes databases.

#ifndef FAULTY_DISK_H
#define FAULTY_DISK_H

#include <stdint.h>

/// Registers the recording VFS as SQLite's default, over "unix". Call once, before any connection.
/// Returns 0 on success, else a result code of SQLite. A second call changes nothing.
int faulty_disk_install(void);

/// Writes into the existing, empty folder `target` what a power cut at this moment might leave of
/// the SQLite files that were opened in `folder`; they have the same names there.
///
/// `seed` decides, by SplitMix64 over names in order and their operations in order, what survives
/// of that which is not synced. 0: all of it, as after a kill -9. UINT64_MAX: none of it.
/// Returns 0 or an errno.
int faulty_disk_crash_image(const char *folder, const char *target, uint64_t seed);

/// Lets operations on files of `folder` fail from now on, once `after` more of the kind have
/// succeeded. A folder has one fault at a time.
///
/// kind: 0 none, the disk is well again; 1 disk full, SQLITE_FULL for writes that would let a file
/// grow; 2 SQLITE_IOERR_WRITE for writes; 3 SQLITE_IOERR_FSYNC for syncs; 4 SQLITE_IOERR_READ for
/// reads. A write that fails has written nothing.
void faulty_disk_set_fault(const char *folder, int kind, uint64_t after);

/// How many operations have failed in the folder since `faulty_disk_set_fault` was last called.
uint64_t faulty_disk_fault_count(const char *folder);

/// Forgets everything about a folder whose connections are all closed: what lies there counts as
/// durable when it is next opened. To be called before others than SQLite change its files. While
/// one is open nothing happens.
void faulty_disk_forget(const char *folder);

/// Begins SQLite's random bytes anew from a seed: names of temporary files and the salts of
/// write-ahead logs.
void faulty_disk_set_random(uint64_t seed);

/// Sets the clock that SQLite sees, in milliseconds since 1970. It stands still in between.
void faulty_disk_set_clock(int64_t unix_ms);

// The recording of everything that was done in a folder.

enum {
    /// A new file has a name.
    FAULTY_DISK_CREATE = 1,
    /// `length` bytes were written at `offset`.
    FAULTY_DISK_WRITE = 2,
    /// The file has `offset` bytes now.
    FAULTY_DISK_TRUNCATE = 3,
    /// All of the file's contents are durable.
    FAULTY_DISK_SYNC = 4,
    /// The file's name was removed.
    FAULTY_DISK_DELETE = 5,
    /// All names of the folder are durable. It belongs to no file.
    FAULTY_DISK_SYNC_FOLDER = 6,
};

struct faulty_disk_operation {
    int kind;
    /// Which file, counted from 1 in the order of their making; a name made again is another file.
    int file;
    /// The file's name in its folder.
    const char *name;
    int64_t offset;
    const uint8_t *bytes;
    uint64_t length;
};

/// Keeps every operation that succeeds in the folder from now on, until it is forgotten. SQLite has
/// opened nothing there yet; what lies there counts as durable and is not recorded itself.
void faulty_disk_record(const char *folder);

/// How many operations have been recorded.
uint64_t faulty_disk_operation_count(const char *folder);

/// One of the recorded operations; its pointers hold until the folder is forgotten. Returns 0, or
/// ENOENT when there is none of that index.
int faulty_disk_operation_at(
    const char *folder, uint64_t index, struct faulty_disk_operation *operation);

#endif
