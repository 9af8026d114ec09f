// SPDX-License-Identifier: Apache-2.0

#ifndef FILE_BIRTH_H
#define FILE_BIRTH_H

#include <stdint.h>

/// What tells one file from every other that was or will be in its place: its number within the
/// file system, and when it was made (0 where the file system does not say).
struct file_birth {
    uint64_t number;
    /// Seconds and nanoseconds since 1970.
    int64_t seconds;
    uint32_t nanoseconds;
};

/// Asks for the birth of a file. Returns 0 or an errno. See statx(2).
int file_birth_of(const char *path, struct file_birth *birth);

#endif
