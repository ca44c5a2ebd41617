import CLinux
import ChildProcesses
import Comparison
import Glibc

/// The report of diffoscope (Debian package diffoscope-minimal), where it is installed.
///
/// It opens both builds with programs of its own, outside of any limits of ours, as the user who asked for it.
enum Diffoscope {
    /// The most bytes of its report that are kept.
    private static let ceiling = 16 << 20

    /// Its report on two builds as printable lines; nil, with a message, where there is none.
    static func report(shipped: [UInt8], rebuilt: [UInt8]) -> String? {
        var ends: [Int32] = [-1, -1]
        guard unsafe clinux_pipe(&ends) == 0 else {
            Console.say("cannot run diffoscope: \(Descriptor.lastReason)")
            return nil
        }
        defer { close(ends[0]) }
        let arguments = ["diffoscope", "--text", "-", "--"].map { Array($0.utf8) } + [shipped, rebuilt]
        let process: ChildProcess
        do {
            defer { close(ends[1]) }
            process = try ChildProcess(arguments, [nil, ends[1], STDERR_FILENO], as: .tool)
        } catch {
            let isAbsent = error.code == ENOENT
            Console.say(
                isAbsent ? "diffoscope is not installed" : "cannot run diffoscope: \(Descriptor.reason(error.code))"
            )
            return nil
        }
        let report = Descriptor.read(ends[0], ceiling: ceiling)
        // What is beyond the ceiling is not waited for.
        if report?.count == ceiling { kill(process.number, SIGTERM) }
        let status = process.wait()
        guard let report, status & 0x7F == 0, [0, 1].contains(status >> 8 & 0xFF) || report.count == ceiling else {
            Console.say("diffoscope failed")
            return nil
        }
        return report.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { escaped($0) }
            .joined(separator: "\n")
    }
}
