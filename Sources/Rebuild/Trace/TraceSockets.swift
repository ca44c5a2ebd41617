import Encodings

/// The sockets with a name in the file system that a build called, and which of them are its own.
///
/// A socket is the build's own where it gave the name itself, in a directory that was empty at first, and nothing that it
/// renamed or linked can have turned the name into another one. The build directory is none of these: links of the
/// source may stand in it.
struct TraceSockets: Sendable {
    private static let ownFolders = [Array("/tmp".utf8), Array("/dev/shm".utf8)]
    private var bound: Set<[UInt8]> = []
    private var called: Set<[UInt8]> = []
    /// Last components of every new name of a link or of something moved.
    private var renamed: Set<[UInt8]> = []

    /// Notes a name; whether it was new.
    mutating func use(_ path: [UInt8], isBound: Bool) -> Bool {
        isBound ? bound.insert(path).inserted : called.insert(path).inserted
    }

    /// Notes a new name of a link or of something moved; its last component where it was new.
    mutating func rename(_ path: [UInt8]) -> [UInt8]? {
        guard let last = path.split(separator: UInt8(ascii: "/")).last.map(Array.init) else { return nil }
        return renamed.insert(last).inserted ? last : nil
    }

    /// The names that were called and are not the build's own, ordered.
    var foreign: [[UInt8]] {
        called.filter { !isOwn($0) }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func isOwn(_ path: [UInt8]) -> Bool {
        guard bound.contains(path),
            let folder = TraceSockets.ownFolders.first(where: { InsidePath.relative(path, to: $0) != nil })
        else { return false }
        return path.dropFirst(folder.count).split(separator: UInt8(ascii: "/")).allSatisfy { component in
            !component.elementsEqual("..".utf8) && !renamed.contains(Array(component))
        }
    }

    /// Whether an argument of sendmmsg names a socket, or is cut: only the first of its messages would be looked at.
    static func mayNameSeveral(_ argument: [UInt8]) -> Bool {
        ["sun_path=", ", ...]"].contains { mark in
            argument.indices.contains { argument[$0...].starts(with: mark.utf8) }
        }
    }

    /// The name in an argument such as `{sa_family=AF_UNIX, sun_path="/tmp/x"}`; empty where it cannot be read, nil for an
    /// argument without one and for a name outside the file system, which is of the sandbox alone.
    static func name(in argument: [UInt8]) -> [UInt8]? {
        let mark = Array("sun_path=".utf8)
        guard argument.first != UInt8(ascii: "\""),
            let place = argument.indices.first(where: { argument[$0...].starts(with: mark) })
        else { return nil }
        let text = argument[(place + mark.count)...]
        if text.starts(with: "@\"".utf8) { return nil }
        guard text.first == UInt8(ascii: "\"") else { return [] }
        var end = text.startIndex + 1
        while end < text.endIndex, text[end] != UInt8(ascii: "\"") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
        guard end < text.endIndex else { return [] }
        return TraceArguments.string(Array(text[text.startIndex...end])) ?? []
    }
}

/// How much of a trace is kept: a build must not fill the memory of the machine, nor its time, by what it does.
struct TraceAllowance: Sendable {
    /// Bytes of names and calls; with their administration about three times as much memory.
    var bytes = 256 << 20
    /// Names that a name stands for where it is not known in which directory a process was.
    var guesses = 2_000_000

    /// Takes bytes, and a share for the administration of each name; whether there were as many.
    mutating func take(_ count: Int) -> Bool {
        bytes -= count + 64
        return bytes >= 0
    }

    /// Gives back what is no longer kept.
    mutating func giveBack(_ count: Int) {
        bytes += count + 64
    }

    /// Takes names that may be meant; whether there were as many.
    mutating func takeGuesses(_ count: Int) -> Bool {
        guesses -= count
        return guesses >= 0
    }
}
