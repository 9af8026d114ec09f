// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "file_birth.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int file_birth_of(const char *path, struct file_birth *birth) {
    struct statx found;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &found) != 0)
        return errno;
    int is_known = (found.stx_mask & STATX_BTIME) != 0;
    birth->number = found.stx_ino;
    birth->seconds = is_known ? found.stx_btime.tv_sec : 0;
    birth->nanoseconds = is_known ? found.stx_btime.tv_nsec : 0;
    return 0;
}
