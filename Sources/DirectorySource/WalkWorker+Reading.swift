import Attestations
import Encodings
import Glibc

extension WalkWorker {
    /// From this size on the system is told that a file will be read from front to back, in bytes.
    private static let largeFile: UInt64 = 4 << 20
    /// A pointer to a large file is smaller than this, in bytes.
    private static let pointerCeiling: UInt64 = 1024

    /// Reads the entries of `directory` in `range`.
    mutating func read(_ range: Range<Int>, of directory: OpenDirectory) {
        var entries: [ReadEntry?] = []
        entries.reserveCapacity(range.count)
        for index in range {
            guard !walk.isStopped else { return }
            let entry = directory.listing.entries[index]
            do throws(SystemError) {
                switch entry.kind {
                case .regular: entries.append(try readFile(entry, of: directory))
                case .symbolicLink: entries.append(try readLink(entry, of: directory))
                default: entries.append(nil)
                }
            } catch {
                content.abandon()
                observe(.failure(error), at: directory.listing.path(of: entry))
                entries.append(nil)
            }
        }
        harvest.ranges.append(ReadRange(directory: directory.listing.number, first: range.lowerBound, entries: entries))
    }

    private mutating func readFile(
        _ entry: ListedEntry,
        of directory: OpenDirectory
    ) throws(SystemError) -> ReadEntry? {
        let file = try open(entry, of: directory)
        let before = try file.status()
        guard before.kind == .regular else {
            observe(.changedWhileReading(.otherKind), at: directory.listing.path(of: entry))
            return nil
        }
        guard walk.admits(file, before) else { return nil }
        if before.size >= Self.largeFile { file.expectSequentialReading() }
        let (size, digest) = try content.read(file, expecting: before.size)
        if let pause = walk.options.pauses.afterReading { pause(directory.listing.path(of: entry)) }
        let after = try file.status()
        if size != before.size || !after.isUndisturbed(since: before) {
            observe(.changedWhileReading(.content), at: directory.listing.path(of: entry))
        }
        lookInto(entry, of: directory, size, digest)
        noteLinks(before, entry, of: directory)
        content.progress.addFile()
        return ReadEntry(digest: digest, size: size, kind: .file(permissions: before.permissions))
    }

    private mutating func open(
        _ entry: ListedEntry,
        of directory: OpenDirectory
    ) throws(SystemError) -> FileDescriptor {
        let names = directory.listing.names
        let name = names.span.extracting(entry.terminatedNameRange)
        if readsQuietly {
            do throws(SystemError) {
                return try directory.descriptor.openEntry(name, for: .readingEntryQuietly)
            } catch {
                // Somebody else's tree: it is no use to try again with every file.
                guard error.code == EPERM else { throw error }
                readsQuietly = false
            }
        }
        return try directory.descriptor.openEntry(name, for: .readingEntry)
    }

    private mutating func readLink(
        _ entry: ListedEntry,
        of directory: OpenDirectory
    ) throws(SystemError) -> ReadEntry? {
        let listing = directory.listing
        let name = listing.names.span.extracting(entry.terminatedNameRange)
        let status = try directory.descriptor.status(ofEntry: name)
        guard status.kind == .symbolicLink else {
            observe(.changedWhileReading(.otherKind), at: listing.path(of: entry))
            return nil
        }
        // The system gives a target in one piece: there is no half-changed one to be seen.
        let length = try directory.descriptor.readLink(name, into: &content.buffer)
        noteLinks(status, entry, of: directory)
        content.progress.addFile()
        content.progress.add(bytes: length)
        return ReadEntry(digest: content.digest(count: length), size: UInt64(length), kind: .link)
    }

    /// Takes what a file says that is read for it.
    private mutating func lookInto(
        _ entry: ListedEntry,
        of directory: OpenDirectory,
        _ size: UInt64,
        _ digest: Digest
    ) {
        let names = directory.listing.names
        if isAttributesFile(names.span.extracting(entry.nameRange)) {
            guard size < UInt64(ContentReader.bufferSize) else {
                return observe(.attributesTooLarge(size: size), at: directory.listing.path(of: entry))
            }
            addAttributes(directory.listing.path(of: entry), Int(size), digest)
        }
        if size > 0, size < Self.pointerCeiling, content.buffer[0] == UInt8(ascii: "v") {
            guard let pointer = LFSPointer(content.buffer[..<Int(size)]), walk.pointerRoom.take(1) else { return }
            harvest.pointers.append(FoundRecords(path: directory.listing.path(of: entry), records: pointer))
        }
    }

    private mutating func addAttributes(_ path: [UInt8], _ size: Int, _ digest: Digest) {
        if let count = unlistedAttributes[digest], !walk.attributeRoom.take(count) { return }
        let lines = attributeLines[digest] ?? AttributesFile.lines(in: Array(content.buffer[..<size]))
        guard walk.attributeRoom.take(lines.count) else {
            attributeLines[digest] = nil
            unlistedAttributes[digest] = lines.count
            return
        }
        attributeLines[digest] = lines
        guard !lines.isEmpty else { return }
        harvest.attributes.append(FoundRecords(path: path, records: lines))
    }

    private func isAttributesFile(_ name: Span<UInt8>) -> Bool {
        guard name.count == 14, name[0] == UInt8(ascii: "."), name[13] == UInt8(ascii: "s") else { return false }
        for (index, byte) in ".gitattributes".utf8.enumerated() where name[index] != byte {
            return false
        }
        return true
    }

    private mutating func noteLinks(_ status: FileStatus, _ entry: ListedEntry, of directory: OpenDirectory) {
        guard status.links > 1 else { return }
        let path = directory.listing.path(of: entry)
        harvest.linkedNames.append(LinkedName(identity: status.identity, links: status.links, path: path))
    }
}
