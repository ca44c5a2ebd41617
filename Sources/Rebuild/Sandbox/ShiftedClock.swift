import DirectorySource

/// A clock that is ahead, shown to the programs of a build by libfaketime (Debian package).
///
/// The kernel has one clock for everybody: time namespaces shift the clocks that count from the start of the machine
/// alone (time_namespaces(7)). The library stands before the C library instead. Not reached: programs that are linked
/// statically or ask the kernel themselves, and the times of files.
package struct ShiftedClock: Hashable, Sendable {
    /// How far it is ahead, in seconds: 403 days, 7 hours and 13 minutes.
    ///
    /// That is a year and 37 or 38 days, whenever it begins: another year, month, day of the month and of the week, hour
    /// and minute.
    static let seconds = ((403 * 24 + 7) * 60 + 13) * 60

    #if arch(x86_64)
    private static let architecture = "x86_64-linux-gnu"
    #elseif arch(arm64)
    private static let architecture = "aarch64-linux-gnu"
    #endif

    /// Where Debian puts the library.
    package static let library = "/usr/lib/\(architecture)/faketime/libfaketime.so.1"

    /// Where a build sees it.
    static let place = "/.vitrine-clock/libfaketime.so.1"

    /// The clock of this machine's library; nil without one.
    package init?() {
        guard let file = try? FileDescriptor.open(Array(ShiftedClock.library.utf8), for: .reading) else { return nil }
        var start = [UInt8](repeating: 0, count: 4)
        guard let count = try? file.read(into: &start), count == 4, start == [0x7F, 0x45, 0x4C, 0x46] else {
            return nil
        }
    }

    /// The variables that put the library before `preloaded`, what the definition itself wants to be there.
    ///
    /// Clocks that only count go on as they are, so that nobody waits a year; the times of files too, or `make` would
    /// take what it made for older than what it made it from.
    func variables(preloaded: String?) -> [(name: String, value: String)] {
        let libraries = [ShiftedClock.place, preloaded ?? ""].filter { !$0.isEmpty }
        return [
            ("LD_PRELOAD", libraries.joined(separator: ":")), ("FAKETIME", "+\(ShiftedClock.seconds)"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("DONT_FAKE_MONOTONIC", "1"), ("NO_FAKE_STAT", "1"),
        ]
    }
}
