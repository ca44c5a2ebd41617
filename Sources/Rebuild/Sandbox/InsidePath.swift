/// Absolute paths as a build sees them, by their letters alone.
enum InsidePath {
    /// `path`, seen from `directory` where it is relative, without `.`, `..` and doubled slashes.
    ///
    /// Links are not known here: `a/..` is taken for nothing.
    static func normal(_ path: [UInt8], in directory: [UInt8]) -> [UInt8] {
        let whole = path.first == UInt8(ascii: "/") ? path : directory + [UInt8(ascii: "/")] + path
        var components: [ArraySlice<UInt8>] = []
        for component in whole.split(separator: UInt8(ascii: "/")) {
            if component.elementsEqual(".".utf8) { continue }
            if component.elementsEqual("..".utf8) {
                _ = components.popLast()
            } else {
                components.append(component)
            }
        }
        return components.flatMap { [UInt8(ascii: "/")] + $0 }
    }

    /// `/lib/x` as `/usr/lib/x` where `/lib` is one of these links to it.
    static func followingTop(_ path: [UInt8], _ links: [(path: [UInt8], target: [UInt8])]) -> [UInt8] {
        for link in links {
            guard let rest = relative(path, to: link.path) else { continue }
            return normal(link.target + [UInt8(ascii: "/")] + rest, in: [])
        }
        return path
    }

    /// The part of `path` beneath `directory`; nil where it is not beneath.
    static func relative(_ path: [UInt8], to directory: [UInt8]) -> [UInt8]? {
        guard path.starts(with: directory), path.count > directory.count, path[directory.count] == UInt8(ascii: "/")
        else { return nil }
        return Array(path[(directory.count + 1)...])
    }
}
