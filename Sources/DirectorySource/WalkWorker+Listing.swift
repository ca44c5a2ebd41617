import Encodings

extension WalkWorker {
    /// Fills `listing` with what is to be visited; what is not visited is observed, and only that.
    mutating func fill(_ listing: inout Listing, from descriptor: borrowing FileDescriptor) throws(SystemError) {
        while true {
            let count = try descriptor.readEntries(into: &content.buffer)
            guard count > 0 else { return }
            var start = 0
            while let raw = RawEntry(content.buffer.span.extracting(0..<count), at: &start) {
                let meaning = NameMeaning(content.buffer.span, raw.name)
                guard meaning != .dots else { continue }
                listing.isEmpty = false
                add(raw, meaning, to: &listing, from: descriptor)
            }
        }
    }

    private mutating func add(
        _ raw: RawEntry,
        _ meaning: NameMeaning,
        to listing: inout Listing,
        from descriptor: borrowing FileDescriptor
    ) {
        let kind: FileStatus.Kind
        do throws(SystemError) {
            let name = content.buffer.span.extracting(raw.name.lowerBound...raw.name.upperBound)
            kind = if let stated = raw.kind { stated } else { try descriptor.status(ofEntry: name).kind }
        } catch {
            return observe(.failure(error), at: listing.prefix + content.buffer[raw.name])
        }
        if meaning == .git || meaning == .gitInOtherCase {
            guard isExpected(meaning, kind, in: listing) else {
                return observe(.nestedGitDirectory, at: listing.prefix + content.buffer[raw.name])
            }
            if kind == .regular { checkGitFile(raw, in: listing, from: descriptor) }
            return
        }
        guard kind == .regular || kind == .symbolicLink || kind == .directory else {
            return observe(.specialFile(kind), at: listing.prefix + content.buffer[raw.name])
        }
        if let reason = malformation(of: raw, in: listing) {
            return observe(.pathNotRepresentable(reason), at: listing.prefix + content.buffer[raw.name])
        }
        if !listing.append(content.buffer.span.extracting(raw.name), kind) {
            observe(.tooManyNames, at: listing.prefix + content.buffer[raw.name])
        }
    }

    /// Looks into a `.git` file that is left out: what git would not read as one has no place here.
    private mutating func checkGitFile(
        _ raw: RawEntry,
        in listing: Listing,
        from descriptor: borrowing FileDescriptor
    ) {
        let path = listing.prefix + content.buffer[raw.name]
        let name = Array(content.buffer[raw.name.lowerBound...raw.name.upperBound])
        do throws(SystemError) {
            let file = try descriptor.openEntry(name.span, for: .readingEntry)
            var bytes = [UInt8](repeating: 0, count: GitFile.maximumByteCount + 1)
            var count = 0
            while count < bytes.count {
                let piece = try file.read(into: &bytes, at: count)
                guard piece > 0 else { break }
                count += piece
            }
            if !GitFile.isOne(bytes[..<count]) { observe(.notAGitFile, at: path) }
        } catch {
            observe(.failure(error), at: path)
        }
    }

    /// The rule that the path of a name breaks; nil for a path that a manifest can hold.
    private func malformation(of raw: RawEntry, in listing: Listing) -> MalformedTreePath? {
        guard listing.prefix.count + raw.name.count <= TreePath.maximumByteCount else { return .tooLong }
        do throws(MalformedTreePath) {
            try TreePath.checkComponent(content.buffer.span, raw.name)
            return nil
        } catch {
            return error
        }
    }

    /// Whether a `.git` belongs where it stands: at the top of the tree, or as the file of a known submodule.
    private func isExpected(_ meaning: NameMeaning, _ kind: FileStatus.Kind, in listing: Listing) -> Bool {
        guard meaning == .git else { return false }
        if listing.prefix.isEmpty { return kind == .directory || kind == .regular }
        return kind == .regular && walk.options.submodulePaths.contains(Array(listing.prefix.dropLast()))
    }
}
