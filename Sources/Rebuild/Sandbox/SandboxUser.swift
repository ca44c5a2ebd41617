import CLinux
import Glibc
import Synchronization

/// The user that a sandbox's processes are seen as outside of it.
///
/// For an ordinary user it is that user: the system gives nobody else to them. For root it is a user of this one
/// sandbox, by number alone, so that the build is not root outside either, and the limit of its processes counts no
/// others.
enum SandboxUser {
    private static let count = Atomic<UInt32>(0)
    /// Numbers that no system gives to accounts: far above 65,536, below the sign bit.
    private static let first: UInt32 = 0x7000_0000

    /// The user of the next sandbox; nil for the caller's own.
    static func next() -> SandboxPlan.OutsideUser? {
        guard geteuid() == 0 else { return nil }
        let number = count.wrappingAdd(1, ordering: .relaxed).oldValue % 16
        let wanted = first + UInt32(getpid() & 0x3F_FFFF) * 16 + number
        let ranges = mappedRanges()
        if ranges.contains(where: { $0.contains(wanted) }) { return .init(number: wanted) }
        // A container in which root has few users: the last ones of those, or none but itself.
        guard let range = ranges.max(by: { $0.count < $1.count }), range.count > 16 else { return nil }
        return .init(number: range.upperBound - 1 - number)
    }

    /// The users that this process may become, `/proc/self/uid_map`: number inside, number outside, how many.
    private static func mappedRanges() -> [Range<UInt32>] {
        (SystemFile.read("/proc/self/uid_map") ?? []).split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard fields.count == 3, let start = UInt32(fields[0]), let length = UInt32(fields[2]) else { return nil }
            let (end, overflow) = start.addingReportingOverflow(length)
            return start..<(overflow ? .max : end)
        }
    }

    /// Calls `body` while this thread creates and opens files as `user`.
    ///
    /// Inside a sandbox's file systems only its own users exist; root itself could create nothing there.
    static func act<Result: ~Copyable>(
        as user: SandboxPlan.OutsideUser?,
        _ body: () throws -> Result
    ) throws -> Result {
        guard let user else { return try body() }
        let (oldGroup, oldUser) = (getegid(), geteuid())
        _ = clinux_set_file_group(user.number)
        _ = clinux_set_file_user(user.number)
        defer {
            _ = clinux_set_file_user(oldUser)
            _ = clinux_set_file_group(oldGroup)
        }
        return try body()
    }
}

/// Small files of the system, such as those below `/proc`, whose size is told as 0.
enum SystemFile {
    /// At most 64 KiB of the file; nil where it cannot be read.
    static func read(_ path: String, ceiling: Int = 64 << 10) -> [UInt8]? {
        let number = unsafe TreeDescriptor.withCString(Array(path.utf8)) {
            unsafe clinux_openat(AT_FDCWD, $0, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        }
        guard number >= 0 else { return nil }
        let file = TreeDescriptor(owning: number)
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while content.count < ceiling {
            guard let count = try? file.read(into: &buffer) else { return nil }
            if count == 0 { break }
            content += buffer[..<count]
        }
        return Array(content.prefix(ceiling))
    }
}
