import Glibc
import Rebuild

/// The directory of a build's results: filled under a temporary name beside its place, and renamed when it is whole.
final class ResultDirectory {
    private let path: [UInt8]
    /// Where it is filled.
    let temporary: [UInt8]

    /// Makes the temporary directory; refused, with status 1, where something has the name already.
    init(_ path: [UInt8]) throws(Trouble) {
        let path = FilePath.trimmed(path)
        guard Descriptor.mode(of: path) == nil else {
            throw Trouble.refusal("\(escaped(path)) is there already", hints: ["results are never overwritten"])
        }
        self.path = path
        let temporary = Unfinished.temporaryPath(in: FilePath.directory(of: path))
        self.temporary = temporary
        let isMade = Unfinished.addTree(temporary) {
            unsafe Descriptor.withPath(temporary) { unsafe mkdir($0, 0o755) } == 0
        }
        guard isMade else { throw Trouble("cannot make \(escaped(path)): \(Descriptor.lastReason)") }
    }

    deinit { Unfinished.discard(temporary) }

    /// The path of `name` in it, while it is filled.
    func path(of name: String) -> [UInt8] { FilePath.join(temporary, name) }

    /// Makes a directory in it.
    func makeDirectory(_ name: String) throws(Trouble) -> [UInt8] {
        let path = path(of: name)
        guard unsafe Descriptor.withPath(path, { unsafe mkdir($0, 0o755) }) == 0 else {
            throw Trouble("cannot make \(escaped(path)): \(Descriptor.lastReason)")
        }
        return path
    }

    /// Writes a file in it.
    func write(_ name: String, _ bytes: [UInt8]) throws(Trouble) {
        try DurableFile.write(bytes, to: path(of: name))
    }

    /// Gives the directory its name.
    func settle() throws(Trouble) {
        let (temporary, path) = (temporary, path)
        guard Unfinished.settle([temporary], { Descriptor.rename(temporary, to: path, replacing: false) }) else {
            throw Trouble("cannot write \(escaped(path)): \(Descriptor.lastReason)")
        }
    }
}
