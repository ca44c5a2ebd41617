import Foundation
import Testing
import TestSupport

@testable import Rebuild

/// System calls that a build may not make, tried from Python.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct SystemCallTests {
    /// Numbers of x86_64 and what each call is tried with; every one of them would fail otherwise or succeed, but never
    /// with EPERM alone.
    private static let script = """
        import ctypes, os, platform
        libc = ctypes.CDLL(None, use_errno=True)
        names = []
        def call(name, number, *arguments):
            ctypes.set_errno(0)
            result = libc.syscall(*[ctypes.c_long(x) for x in (number,) + arguments])
            if result == 0 and name.startswith('clone'): return os._exit(0)
            names.append(f'{name} {ctypes.get_errno() if result < 0 else "done"}')
        libc.syscall.restype = ctypes.c_long
        call('traceme', 101, 0)
        call('seize', 101, 0x4206, 1, 0, 0)
        call('seccomp', 317, 2, 0, 0)
        call('prctl-seccomp', 157, 22, 1 << 33 | 9, 0)
        call('prctl-pdeathsig', 157, 1 << 32 | 1, 0)
        call('keyctl', 250, 0, -3, 0)
        call('add_key', 248, 0, 0, 0, 0, 0)
        call('process_vm_readv', 310, 1, 0, 0, 0, 0, 0)
        call('io_uring_setup', 425, 1, 0)
        call('unshare-user', 272, 0x10000000)
        call('clone-untraced', 56, 0x00800000 | 17, 0)
        call('clone-newuser', 56, 0x10000000 | 17, 0)
        call('clone3', 435, 0, 0)
        call('open_tree', 428, -100, 0, 0)
        call('x32-getpid', 0x40000000 | 39)
        call('prctl-name', 157, 16, 0)
        call('semget', 64, 0, 1, 0o1600)
        print(' '.join(x.replace(' ', ':') for x in names))
        """

    #if arch(x86_64)
    @Test(.enabled(if: Command.find("python3") != nil), arguments: [false, true])
    func areDenied(_ isTraced: Bool) throws {
        guard !isTraced || BuildSample.hasTrace else { return }
        try BuildSample.with(["try.py": SystemCallTests.script]) { sample in
            let result = try sample.build("python3 try.py > out", packages: ["python3"], isTraced: isTraced)
            #expect(result.ending == .finished)
            let said = try sample.text("outputs/out").split(whereSeparator: \.isWhitespace).map(String.init)
            #expect(
                said == [
                    "traceme:1", "seize:1", "seccomp:1", "prctl-seccomp:1", "prctl-pdeathsig:1", "keyctl:1",
                    "add_key:1", "process_vm_readv:1", "io_uring_setup:1", "unshare-user:1", "clone-untraced:1",
                    "clone-newuser:1", "clone3:38", "open_tree:1", "x32-getpid:38", "prctl-name:14", "semget:done",
                ]
            )
            #expect(result.trace?.gap == nil)
        }
    }
    #endif
}
