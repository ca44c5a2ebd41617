// The system calls that a build in a sandbox may not make, as the program that bubblewrap hands to the kernel.
// Header only: nothing here is compiled on its own.
#ifndef VITRINE_CLINUX_BUILDFILTER_H
#define VITRINE_CLINUX_BUILDFILTER_H

#include "callfilter.h"

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
    struct sock_filter filter[] = {
        CLINUX_FILTER_HEAD(SECCOMP_RET_ERRNO | ENOSYS),
        CLINUX_FORBID(SYS_ptrace),
        CLINUX_FORBID(SYS_seccomp),
        CLINUX_FORBID(SYS_keyctl),
        CLINUX_FORBID(SYS_add_key),
        CLINUX_FORBID(SYS_request_key),
        CLINUX_FORBID(SYS_process_vm_readv),
        CLINUX_FORBID(SYS_process_vm_writev),
        CLINUX_FORBID(SYS_kcmp),
        CLINUX_FORBID(438 /* pidfd_getfd */),
        CLINUX_FORBID(SYS_open_by_handle_at),
        CLINUX_FORBID(SYS_name_to_handle_at),
        CLINUX_FORBID(425 /* io_uring_setup */),
        CLINUX_FORBID(426 /* io_uring_enter */),
        CLINUX_FORBID(427 /* io_uring_register */),
        CLINUX_FORBID(SYS_bpf),
        CLINUX_FORBID(SYS_perf_event_open),
        CLINUX_FORBID(SYS_userfaultfd),
        CLINUX_FORBID(SYS_mount),
        CLINUX_FORBID(SYS_umount2),
        CLINUX_FORBID(SYS_pivot_root),
        CLINUX_FORBID(SYS_chroot),
        CLINUX_FORBID(SYS_setns),
        CLINUX_FORBID(SYS_unshare),
        CLINUX_FORBID(428 /* open_tree */),
        CLINUX_FORBID(429 /* move_mount */),
        CLINUX_FORBID(430 /* fsopen */),
        CLINUX_FORBID(431 /* fsconfig */),
        CLINUX_FORBID(432 /* fsmount */),
        CLINUX_FORBID(433 /* fspick */),
        CLINUX_FORBID(442 /* mount_setattr */),
        CLINUX_FORBID(467 /* open_tree_attr */),
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

#undef CLINUX_CLONE_NEW
#undef CLINUX_CLONE_UNTRACED

#endif
