// SPDX-License-Identifier: ISC
// Preloaded by durability_test.py: a disk that syncs nothing (NO_SYNC), or that takes only half of what the process
// gives it with the SHORT_WRITE-th write to a file.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef int (*sync_function)(int);
typedef ssize_t (*write_function)(int, const void*, size_t);

int fsync(int fd) { return getenv("NO_SYNC") ? 0 : ((sync_function)dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { return getenv("NO_SYNC") ? 0 : ((sync_function)dlsym(RTLD_NEXT, "fdatasync"))(fd); }

ssize_t write(int fd, const void* data, size_t octets) {
    static int count;
    const char* which = getenv("SHORT_WRITE");
    struct stat status;
    if (which && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && ++count == atoi(which)) octets = (octets + 1) / 2;
    return ((write_function)dlsym(RTLD_NEXT, "write"))(fd, data, octets);
}
