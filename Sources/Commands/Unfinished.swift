import Glibc
import Rebuild
import Synchronization

/// The temporary files and directories of this process, so that none stays behind: not after a failure, not after
/// an interruption.
enum Unfinished {
    /// What is remembered, and so how it is removed.
    private enum Kind {
        case file
        case directory
        /// A directory with all it holds.
        case tree
    }

    private static let places = Mutex<[(path: [UInt8], kind: Kind)]>([])
    private static let count = Atomic<Int>(0)

    /// A name in `directory` that nothing has yet.
    static func temporaryPath(in directory: [UInt8]) -> [UInt8] {
        let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
        return FilePath.join(directory, ".vitrine-\(getpid())-\(number).tmp")
    }

    /// Creates something with `create` and remembers it; false where `create` is.
    static func add(_ path: [UInt8], isDirectory: Bool = false, _ create: () -> Bool) -> Bool {
        add(path, isDirectory ? .directory : .file, create)
    }

    /// The same for a directory that is removed with all it holds.
    static func addTree(_ path: [UInt8], _ create: () -> Bool) -> Bool { add(path, .tree, create) }

    private static func add(_ path: [UInt8], _ kind: Kind, _ create: () -> Bool) -> Bool {
        places.withLock { places in
            guard create() else { return false }
            places.append((path, kind))
            return true
        }
    }

    /// Gives something its final name with `finish` and forgets it; false, and it stays remembered, where `finish` is.
    ///
    /// An interruption comes before or after, never in between.
    static func settle(_ paths: [[UInt8]], _ finish: () -> Bool) -> Bool {
        places.withLock { places in
            guard finish() else { return false }
            places.removeAll { paths.contains($0.path) }
            return true
        }
    }

    /// Removes one thing again, and all that is in it and remembered.
    static func discard(_ path: [UInt8]) {
        places.withLock { places in
            let inside = path + [UInt8(ascii: "/")]
            remove(places.filter { $0.path == path || $0.path.starts(with: inside) })
            places.removeAll { $0.path == path || $0.path.starts(with: inside) }
        }
    }

    /// Removes everything and ends the process; nothing is created or settled meanwhile.
    static func endProcess(_ status: Int32) -> Never {
        places.withLock { places in
            // Before what they read and write is removed.
            SandboxProcess.killAll()
            remove(places)
            _exit(status)
        }
    }

    /// Later things first: files before the directories that they are in.
    private static func remove(_ places: [(path: [UInt8], kind: Kind)]) {
        for place in places.reversed() {
            switch place.kind {
            case .tree: WorkPlace.removeTree(place.path)
            case .directory: _ = unsafe Descriptor.withPath(place.path) { unsafe rmdir($0) }
            case .file: _ = unsafe Descriptor.withPath(place.path) { unsafe unlink($0) }
            }
        }
    }
}
