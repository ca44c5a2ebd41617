import Attestations
import BuildStatements
import DirectorySource

/// Compares the modes of the two paths that were given, as far as they say something of the build.
///
/// Whoever downloads a file or makes a directory gives it the mode that is usual there. No such way sets the bits for
/// setuid, setgid and sticky, makes something writable for all, or makes a file executable.
enum GivenModes {
    private static let (special, writableByAll, executable): (UInt16, UInt16, UInt16) = (0o7000, 0o002, 0o111)

    /// Adds the modes where they differ in a bit that is compared.
    static func compare(_ left: FileStatus, _ right: FileStatus, _ findings: inout ItemFindings) {
        var compared = special | writableByAll
        if left.kind == .regular || right.kind == .regular { compared |= executable }
        guard (left.permissions ^ right.permissions) & compared != 0 else { return }
        let (shipped, rebuilt) = (String(left.permissions, radix: 8), String(right.permissions, radix: 8))
        findings.add(.property("mode", shipped, rebuilt, .mode), .different)
    }
}
