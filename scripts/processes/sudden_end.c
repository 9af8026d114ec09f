// SPDX-License-Identifier: Apache-2.0
// Kills the program with -9 before its change number END_AT to any file, for programs that a story
// starts with LD_PRELOAD; 0 or nothing: never. END_COUNT names a file that is told how many changes
// there were, where the program ended by itself. Counted are writes, syncs, and changes of names and sizes.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long changes;

static void step(void) {
    static long end = -1;
    if (end < 0) {
        const char *text = getenv("END_AT");
        end = text ? atol(text) : 0;
    }
    if (atomic_fetch_add(&changes, 1) + 1 == end) raise(SIGKILL);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("END_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", atomic_load(&changes));
    fclose(file);
}

#define COUNTED(result, name, parameters, arguments) \
    result name parameters { \
        static result(*real) parameters; \
        if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
        step(); \
        return real arguments; \
    }

COUNTED(ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count))
COUNTED(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t at),
        (file, bytes, count, at))
COUNTED(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t at),
        (file, bytes, count, at))
COUNTED(int, fsync, (int file), (file))
COUNTED(int, fdatasync, (int file), (file))
COUNTED(int, ftruncate, (int file, off_t size), (file, size))
COUNTED(int, ftruncate64, (int file, off64_t size), (file, size))
COUNTED(int, rename, (const char *from, const char *to), (from, to))
COUNTED(int, link, (const char *from, const char *to), (from, to))
COUNTED(int, unlink, (const char *path), (path))
