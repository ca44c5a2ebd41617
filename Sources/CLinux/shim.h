// Linux system calls that the C library of Debian 12 does not wrap, or wraps in a form Swift cannot call.
// Header only: nothing here is compiled on its own.
#ifndef VITRINE_CLINUX_SHIM_H
#define VITRINE_CLINUX_SHIM_H

// Few headers on purpose: what they declare would belong to this module instead of the C library's.
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// getdents64(2): the raw entries of a directory, straight into a buffer of ours.
static inline long clinux_getdents64(int descriptor, void *buffer, size_t count) {
    return syscall(SYS_getdents64, descriptor, buffer, count);
}

// fstat(2) itself, into a struct stat: the C library of Debian 12 goes through fstatat(2), which parses a path first.
// 64-bit systems only: there the kernel's struct is the C library's.
static inline int clinux_fstat(int descriptor, void *status) {
    return (int)syscall(SYS_fstat, descriptor, status);
}

// struct open_how of linux/openat2.h, whose header clashes with fcntl.h.
struct clinux_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

static const uint64_t clinux_resolve_no_magiclinks = 0x02;
static const uint64_t clinux_resolve_no_symlinks = 0x04;
static const uint64_t clinux_resolve_beneath = 0x08;

// openat2(2): resolution that cannot leave the directory.
static inline int clinux_openat2(
    int directory, const char *path, const struct clinux_open_how *how) {
    return (int)syscall(SYS_openat2, directory, path, how, sizeof *how);
}

// O_NOATIME of asm-generic/fcntl.h, which the C library shows to GNU programs only.
static const int clinux_no_access_time = 01000000;

// openat(2) without a mode: Swift cannot call variadic functions.
static inline int clinux_openat(int directory, const char *path, int flags) {
    return (int)syscall(SYS_openat, directory, path, flags, 0);
}

// openat(2) with O_TMPFILE of asm-generic/fcntl.h: a file that never has a name, for its owner alone.
static inline int clinux_open_temporary(const char *directory, int flags) {
    return (int)syscall(SYS_openat, -100 /* AT_FDCWD */, directory, flags | 020000000, 0600);
}

// SEEK_DATA and SEEK_HOLE of lseek(2), which the C library shows to GNU programs only.
static const int clinux_seek_data = 3;
static const int clinux_seek_hole = 4;

// renameat2(2) with RENAME_NOREPLACE: an existing name is never replaced.
static inline int clinux_rename_new(int from, const char *old, int to, const char *new_) {
    return (int)syscall(SYS_renameat2, from, old, to, new_, 1u);
}

#endif
