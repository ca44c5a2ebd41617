// What the starter of a sandbox asks of the system, and the writing of files beneath a directory.
// Header only: nothing here is compiled on its own.
#ifndef VITRINE_CLINUX_SANDBOX_H
#define VITRINE_CLINUX_SANDBOX_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// O_PATH of asm-generic/fcntl.h, which the C library shows to GNU programs only.
static const int clinux_path_only = 010000000;

// pidfd_open(2): a process that cannot be mistaken for a later one of the same number.
static inline int clinux_pidfd_open(int process) {
    return (int)syscall(SYS_pidfd_open, process, 0);
}

// pidfd_send_signal(2) with SIGKILL.
static inline int clinux_pidfd_kill(int descriptor) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, NULL, 0);
}

// setfsuid(2), setfsgid(2): for this thread only, whatever the C library does; both return the id before.
static inline int clinux_set_file_user(unsigned int user) {
    return (int)syscall(SYS_setfsuid, user);
}

static inline int clinux_set_file_group(unsigned int group) {
    return (int)syscall(SYS_setfsgid, group);
}

// pipe2(2) with O_CLOEXEC.
static inline int clinux_pipe(int ends[2]) {
    return (int)syscall(SYS_pipe2, ends, 02000000 /* O_CLOEXEC */);
}

// F_SETPIPE_SZ of fcntl(2), which the C library shows to GNU programs only.
static const int clinux_set_pipe_size = 1031;

#endif
