import CLinux
import Glibc

/// The symbolic links in a directory of outputs.
package enum BuildLinks {
    /// The links beneath a directory with their targets, in the order of their names; none is followed.
    package static func list(in path: [UInt8]) throws -> [(path: [UInt8], target: [UInt8])] {
        var links: [(path: [UInt8], target: [UInt8])] = []
        try add(TreeDescriptor.directory(path), [], &links)
        return links
    }

    private static func add(
        _ directory: borrowing TreeDescriptor,
        _ prefix: [UInt8],
        _ links: inout [(path: [UInt8], target: [UInt8])]
    ) throws {
        for name in try directory.list(ceiling: .max) ?? [] {
            if let target = try? directory.readLink(name) {
                links.append((prefix + name, target))
            } else if let inner = try? directory.open(
                name,
                clinux_path_only | O_DIRECTORY | O_NOFOLLOW,
                links: .refused
            ) {
                try add(inner, prefix + name + [UInt8(ascii: "/")], &links)
            }
        }
    }
}
