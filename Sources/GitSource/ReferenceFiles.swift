import Digests
import DirectorySource
import Encodings
import GitWorker
import Verification

/// Reads references from their files, to check what the worker says a revision names.
///
/// Only plain names and object ids are understood (gitrevisions, "refname" and "sha1"); of `HEAD~2` and the like the
/// worker's word is all there is.
struct ReferenceFiles {
    private static let maximumByteCount = 64 << 20
    private static let maximumLinks = 5

    private let places: RepositoryPlaces

    /// Throws when the files say that `revision` names another object than `id`.
    static func check(_ revision: [UInt8], names id: GitObjectID, in places: RepositoryPlaces) throws {
        let files = ReferenceFiles(places: places)
        let shown = ASCII.escape(revision)
        if let expected = files.object(named: revision) {
            guard expected != id else { return }
            throw SourceNotReadable(
                findings: [
                    Finding(
                        .referenceMismatch,
                        recorded: "\(shown) is \(expected.hex) in the repository's files",
                        found: "the object reader says \(id.hex)"
                    )
                ]
            )
        }
        let isAbbreviation = (4..<40).contains(revision.count) && revision.allSatisfy { Hex.value(of: $0) != nil }
        guard isAbbreviation, !id.hex.utf8.starts(with: revision) else { return }
        throw SourceNotReadable(.referenceMismatch, "the object reader says \(shown) is \(id.hex)")
    }

    private init(places: RepositoryPlaces) {
        self.places = places
    }

    /// The object that a plain name leads to; nil where the files do not tell.
    private func object(named revision: [UInt8]) -> GitObjectID? {
        if let id = GitObjectID(hex: revision) { return id }
        guard (try? TreePath(revision)) != nil, revision.allSatisfy(ReferenceFiles.isPlain) else { return nil }
        // The order in which git tries names, gitrevisions(7).
        for prefix in ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"] {
            let name = Array(prefix.utf8) + revision
            if let id = follow(name, linksLeft: ReferenceFiles.maximumLinks) { return id }
        }
        return nil
    }

    private func follow(_ name: [UInt8], linksLeft: Int) -> GitObjectID? {
        guard linksLeft > 0, (try? TreePath(name)) != nil else { return nil }
        guard let content = loose(name) else { return packed(name) }
        let line = Array(content.prefix { $0 != UInt8(ascii: "\n") })
        if let id = GitObjectID(hex: line) { return id }
        let link = Array("ref: ".utf8)
        guard line.starts(with: link) else { return nil }
        return follow(Array(line.dropFirst(link.count)), linksLeft: linksLeft - 1)
    }

    private func loose(_ name: [UInt8]) -> [UInt8]? {
        let isShared = name.starts(with: "refs/".utf8)
        let directory = isShared ? places.commonDirectory : places.gitDirectory
        return try? BoundedFile.read(directory + name, ceiling: 4096)
    }

    private func packed(_ name: [UInt8]) -> GitObjectID? {
        let path = places.commonDirectory + Array("packed-refs".utf8)
        guard let content = try? BoundedFile.read(path, ceiling: ReferenceFiles.maximumByteCount) else { return nil }
        for line in Lines(of: content)
        where line.count == name.count + 41 && line.dropFirst(41).elementsEqual(name) {
            return GitObjectID(hex: line.prefix(40))
        }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
