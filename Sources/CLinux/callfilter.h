// How every filter of system calls begins, and how it refuses one call.
// Header only: nothing here is compiled on its own.
#ifndef VITRINE_CLINUX_CALLFILTER_H
#define VITRINE_CLINUX_CALLFILTER_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define CLINUX_ARCHITECTURE AUDIT_ARCH_X86_64
// The x32 numbers would pass under other names.
#define CLINUX_X32(answer) \
    , BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), BPF_STMT(BPF_RET | BPF_K, (answer))
#elif defined(__aarch64__)
#define CLINUX_ARCHITECTURE AUDIT_ARCH_AARCH64
#define CLINUX_X32(answer)
#else
#error "no system call filter for this architecture"
#endif

// seccomp(2): the calls of another architecture kill the process, those of x32 get `x32_answer`; the number is loaded.
#define CLINUX_FILTER_HEAD(x32_answer) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLINUX_ARCHITECTURE, 1, 0), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)) CLINUX_X32(x32_answer)

#define CLINUX_FORBID(number) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

#endif
