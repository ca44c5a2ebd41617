// The system calls that a build in a sandbox may not make, as the program that bubblewrap hands to the kernel.
// Header only: nothing here is compiled on its own.
#ifndef VITRINE_CLINUX_BUILDFILTER_H
#define VITRINE_CLINUX_BUILDFILTER_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CLINUX_DENY(number) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

// Numbers that linux/sched.h gives; the C library shows them to GNU programs only.
#define CLINUX_CLONE_NEW \
    (0x00020000u /* NEWNS */ | 0x02000000u /* NEWCGROUP */ | 0x04000000u /* NEWUTS */ | 0x08000000u /* NEWIPC */ | \
     0x10000000u /* NEWUSER */ | 0x20000000u /* NEWPID */ | 0x40000000u /* NEWNET */)
#define CLINUX_CLONE_UNTRACED 0x00800000u

// seccomp(2): writes the filter to `descriptor`; 0, or -1 with errno.
//
// Denied is what hides a build from its tracer, reaches into other processes, keeps something for the next build in the
// kernel, or makes namespaces and mounts. clone3 passes its flags in memory, where no filter sees them: the C library
// goes on with clone. (Both architectures are little-endian; the kernel itself looks at the low half only.)
static inline int clinux_write_build_filter(int descriptor) {
#if defined(__x86_64__)
    static const unsigned int architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    static const unsigned int architecture = AUDIT_ARCH_AARCH64;
#else
#error "no system call filter for this architecture"
#endif
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#if defined(__x86_64__)
        // The x32 numbers would pass under other names.
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
#endif
        CLINUX_DENY(SYS_ptrace),
        CLINUX_DENY(SYS_seccomp),
        CLINUX_DENY(SYS_keyctl),
        CLINUX_DENY(SYS_add_key),
        CLINUX_DENY(SYS_request_key),
        CLINUX_DENY(SYS_process_vm_readv),
        CLINUX_DENY(SYS_process_vm_writev),
        CLINUX_DENY(SYS_kcmp),
        CLINUX_DENY(438 /* pidfd_getfd */),
        CLINUX_DENY(SYS_open_by_handle_at),
        CLINUX_DENY(SYS_name_to_handle_at),
        CLINUX_DENY(425 /* io_uring_setup */),
        CLINUX_DENY(426 /* io_uring_enter */),
        CLINUX_DENY(427 /* io_uring_register */),
        CLINUX_DENY(SYS_bpf),
        CLINUX_DENY(SYS_perf_event_open),
        CLINUX_DENY(SYS_userfaultfd),
        CLINUX_DENY(SYS_mount),
        CLINUX_DENY(SYS_umount2),
        CLINUX_DENY(SYS_pivot_root),
        CLINUX_DENY(SYS_chroot),
        CLINUX_DENY(SYS_setns),
        CLINUX_DENY(SYS_unshare),
        CLINUX_DENY(428 /* open_tree */),
        CLINUX_DENY(429 /* move_mount */),
        CLINUX_DENY(430 /* fsopen */),
        CLINUX_DENY(431 /* fsconfig */),
        CLINUX_DENY(432 /* fsmount */),
        CLINUX_DENY(433 /* fspick */),
        CLINUX_DENY(442 /* mount_setattr */),
        CLINUX_DENY(467 /* open_tree_attr */),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 435 /* clone3 */, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLINUX_CLONE_NEW | CLINUX_CLONE_UNTRACED, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        // Another filter could take calls away from the tracer; without its parent's death nothing ends the sandbox
        // when its starter is killed.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_PDEATHSIG, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    ssize_t count = write(descriptor, filter, sizeof filter);
    return count == (ssize_t)sizeof filter ? 0 : -1;
}

#undef CLINUX_DENY
#undef CLINUX_CLONE_NEW
#undef CLINUX_CLONE_UNTRACED

#endif
