// What a worker process does to itself before it reads hostile input, and the memory it shares with its parent.
// Header only: nothing here is compiled on its own.
#ifndef VITRINE_CLINUX_WORKER_H
#define VITRINE_CLINUX_WORKER_H

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>

#include "callfilter.h"

// prctl(2): the process is killed when its parent ends.
static inline int clinux_die_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

// prctl(2): no program started from here gains a privilege; needed for the filter below.
static inline int clinux_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

// memfd_create(2): anonymous memory that can be handed to a child.
static inline int clinux_memory_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
}

// mallopt(3): memory once taken from the kernel is kept for the next object, up to 128 MiB of it.
static inline void clinux_keep_freed_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
}

// posix_spawn_file_actions_addclosefrom_np(3) of glibc 2.34, whose declaration asks for _GNU_SOURCE.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

static inline int clinux_close_from(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

// Opening for anything but reading fails; the flags are the low half of argument `index`. Ends the filter.
#define CLINUX_READ_ONLY(number, index) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4), \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (index)), \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

// seccomp(2): starting programs, opening sockets, opening files but to read them, tracing or signalling others, and
// changing the file system fail with EPERM from here on. (Both architectures are little-endian.)
static inline int clinux_forbid_worker_calls(void) {
    struct sock_filter filter[] = {
        CLINUX_FILTER_HEAD(SECCOMP_RET_KILL_PROCESS),
#if defined(__x86_64__)
        CLINUX_FORBID(SYS_fork),
        CLINUX_FORBID(SYS_vfork),
        CLINUX_FORBID(SYS_unlink),
        CLINUX_FORBID(SYS_rename),
        CLINUX_FORBID(SYS_mkdir),
        CLINUX_FORBID(SYS_rmdir),
        CLINUX_FORBID(SYS_link),
        CLINUX_FORBID(SYS_symlink),
        CLINUX_FORBID(SYS_chmod),
        CLINUX_FORBID(SYS_chown),
        CLINUX_FORBID(SYS_creat),
        CLINUX_FORBID(SYS_lchown),
        CLINUX_FORBID(SYS_mknod),
        CLINUX_FORBID(SYS_utime),
        CLINUX_FORBID(SYS_utimes),
        CLINUX_FORBID(SYS_futimesat),
        CLINUX_READ_ONLY(SYS_open, 1),
#endif
        CLINUX_READ_ONLY(SYS_openat, 2),
        CLINUX_FORBID(SYS_execve),
        CLINUX_FORBID(SYS_execveat),
        CLINUX_FORBID(SYS_socket),
        CLINUX_FORBID(SYS_socketpair),
        CLINUX_FORBID(SYS_connect),
        CLINUX_FORBID(SYS_ptrace),
        CLINUX_FORBID(SYS_process_vm_readv),
        CLINUX_FORBID(SYS_process_vm_writev),
        CLINUX_FORBID(SYS_kill),
        CLINUX_FORBID(SYS_tkill),
        CLINUX_FORBID(SYS_tgkill),
        CLINUX_FORBID(SYS_pidfd_send_signal),
        CLINUX_FORBID(SYS_openat2),
        CLINUX_FORBID(SYS_open_by_handle_at),
        CLINUX_FORBID(SYS_unlinkat),
        CLINUX_FORBID(SYS_renameat),
        CLINUX_FORBID(SYS_renameat2),
        CLINUX_FORBID(SYS_mkdirat),
        CLINUX_FORBID(SYS_linkat),
        CLINUX_FORBID(SYS_symlinkat),
        CLINUX_FORBID(SYS_mknodat),
        CLINUX_FORBID(SYS_fchmod),
        CLINUX_FORBID(SYS_fchmodat),
        CLINUX_FORBID(SYS_fchown),
        CLINUX_FORBID(SYS_fchownat),
        CLINUX_FORBID(SYS_utimensat),
        CLINUX_FORBID(SYS_setxattr),
        CLINUX_FORBID(SYS_lsetxattr),
        CLINUX_FORBID(SYS_fsetxattr),
        CLINUX_FORBID(SYS_removexattr),
        CLINUX_FORBID(SYS_lremovexattr),
        CLINUX_FORBID(SYS_fremovexattr),
        CLINUX_FORBID(SYS_truncate),
        CLINUX_FORBID(SYS_ftruncate),
        CLINUX_FORBID(SYS_io_uring_setup),
        CLINUX_FORBID(SYS_bpf),
        CLINUX_FORBID(SYS_mount),
        CLINUX_FORBID(SYS_setns),
        CLINUX_FORBID(SYS_unshare),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

#undef CLINUX_READ_ONLY

#endif
