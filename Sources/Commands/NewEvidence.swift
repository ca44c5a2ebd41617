import Glibc

/// A new evidence directory: made under a temporary name beside its place and renamed into it whole, so that nobody
/// ever sees a part of it.
final class NewEvidence {
    private let directory: [UInt8]
    private let temporary: [UInt8]
    private var made: [[UInt8]] = []

    /// Makes the temporary directory, and the directories above it that are missing.
    init(_ directory: [UInt8]) throws(Trouble) {
        let parent = FilePath.directory(of: directory)
        self.directory = directory
        temporary = Unfinished.temporaryPath(in: parent)
        for path in NewEvidence.missing(parent) + [temporary] {
            let isMade = Unfinished.add(path, isDirectory: true) {
                unsafe Descriptor.withPath(path) { unsafe mkdir($0, 0o777) } == 0
            }
            // Somebody else may make the same directory at the same time.
            if !isMade, errno == EEXIST, path != temporary { continue }
            guard isMade else {
                let reason = Descriptor.lastReason
                abandon()
                throw Trouble("cannot make the directory \(escaped(path)): \(reason)")
            }
            made.append(path)
        }
    }

    deinit { abandon() }

    /// Adds a file.
    func add(_ name: String, _ bytes: [UInt8]) throws(Trouble) {
        let path = FilePath.join(temporary, name)
        var descriptor: Int32 = -1
        let isCreated = Unfinished.add(path) {
            descriptor = Descriptor.create(path, mode: 0o666)
            return descriptor >= 0
        }
        made.append(path)
        guard isCreated else { throw failure(name) }
        defer { close(descriptor) }
        guard Descriptor.write(bytes.span, to: descriptor), fsync(descriptor) == 0 || errno == EINVAL else {
            throw failure(name)
        }
    }

    /// Gives the directory its name, which nothing may have; the secret file, where there is one, is put beside it.
    func settle(secret: [UInt8]?) throws(Trouble) {
        guard Descriptor.syncDirectory(temporary) else { throw failure("") }
        let secretPath = EvidenceFiles.secretPath(beside: directory)
        let file = secret == nil ? nil : try DurableFile(secretPath, isPrivate: true)
        if let file, let secret {
            try file.write(secret.span)
            try file.synchronize()
        }
        // Both names are given in one step that no signal comes between. The secret first: should the machine stop
        // there, evidence without its secret could never be opened again.
        let (temporary, directory) = (temporary, directory)
        var failure: Trouble?
        let isSettled = Unfinished.settle(made + (file.map { [$0.temporary] } ?? [])) {
            if let file, !Descriptor.rename(file.temporary, to: secretPath, replacing: false) {
                failure = NewEvidence.secretFailure(secretPath)
                return false
            }
            if Descriptor.rename(temporary, to: directory, replacing: false) { return true }
            failure = Trouble("cannot write \(escaped(directory)): \(Descriptor.lastReason)")
            if let file { _ = Descriptor.rename(secretPath, to: file.temporary, replacing: false) }
            return false
        }
        if let failure { throw failure }
        guard isSettled else { return }
        self.made = []
        guard Descriptor.syncDirectory(FilePath.directory(of: directory)) else {
            throw Trouble("cannot make \(escaped(directory)) durable: \(Descriptor.lastReason)")
        }
    }

    private static func secretFailure(_ path: [UInt8]) -> Trouble {
        let isThere = errno == EEXIST
        let hint = "a seal that was cut off may have left it; where no evidence needs it, move it away and seal again"
        return Trouble("cannot write \(escaped(path)): \(Descriptor.lastReason)", hints: isThere ? [hint] : [])
    }

    private func abandon() {
        for path in made.reversed() {
            Unfinished.discard(path)
        }
    }

    private func failure(_ name: String) -> Trouble {
        Trouble("cannot write \(escaped(FilePath.join(directory, name))): \(Descriptor.lastReason)")
    }

    /// The directories on the way to `path` that are not there, the uppermost first.
    private static func missing(_ path: [UInt8]) -> [[UInt8]] {
        var missing: [[UInt8]] = []
        var path = FilePath.trimmed(path)
        while Descriptor.mode(of: path) == nil, errno == ENOENT {
            missing.insert(path, at: 0)
            let above = FilePath.trimmed(FilePath.directory(of: path))
            guard above != path else { break }
            path = above
        }
        return missing
    }
}
