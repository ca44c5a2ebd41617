import Digests
package import Encodings

/// One shipped file beside its rebuild, as a rebuild record tells it.
package struct RebuiltArtifact: Hashable, Sendable {
    /// The most differences that are listed for one artifact.
    package static let maximumDifferenceCount = 1000

    /// One place where the shipped file and its rebuild differ.
    package struct Difference: Hashable, Sendable {
        /// The most bytes of a place; a difference with a longer one is counted and not listed.
        package static let maximumPlaceByteCount = 8192

        /// What it is waived by.
        package let id: Digest
        /// Where, as `data.tar.xz/usr/bin/tool:section .text`; printable ASCII, untrusted parts escaped.
        package let place: Text
        /// The SHA-256 of what was shipped of the innermost item; nil when only the rebuild has it.
        package let shipped: Digest?
        /// The SHA-256 of what was rebuilt of it; nil when only the shipped side has it.
        package let rebuilt: Digest?
        /// The likely cause, as `timestamp`; for people.
        package let cause: Text
        /// How many bytes of the artifact are unexplained because of it.
        package let bytes: UInt64
        /// The best grade that the artifact can have with it; never `identical`.
        package let grade: Grade

        /// Names a difference in the artifact with the SHA-256 `artifact`.
        package init(
            in artifact: Digest,
            place: Text,
            shipped: Digest?,
            rebuilt: Digest?,
            cause: Text,
            bytes: UInt64,
            grade: Grade
        ) {
            id = Difference.id(in: artifact, place: place, shipped: shipped, rebuilt: rebuilt)
            self.place = place
            self.shipped = shipped
            self.rebuilt = rebuilt
            self.cause = cause
            self.bytes = bytes
            self.grade = grade
        }
    }

    /// The name of the shipped file: its last component, or its path beneath the directory that was shipped.
    package let name: TreePath
    /// What was shipped.
    package let shipped: RebuildRecord.Content
    /// What was rebuilt; nil where nothing was.
    package let rebuilt: RebuildRecord.Content?
    /// How alike they are.
    package let grade: Grade
    /// The shipped bytes by class; none of them waived.
    package let account: ByteAccount
    /// Where they differ.
    package let differences: [Difference]
    /// The number of differences that are not listed.
    package let unlistedDifferenceCount: UInt64

    /// Gathers what was compared; ``RebuildRecord`` checks that it agrees.
    package init(
        name: TreePath,
        shipped: RebuildRecord.Content,
        rebuilt: RebuildRecord.Content?,
        grade: Grade,
        account: ByteAccount,
        differences: [Difference] = [],
        unlistedDifferenceCount: UInt64 = 0
    ) {
        self.name = name
        self.shipped = shipped
        self.rebuilt = rebuilt
        self.grade = grade
        self.account = account
        self.differences = differences
        self.unlistedDifferenceCount = unlistedDifferenceCount
    }

    /// The subject of a statement about it.
    package var subject: ResourceDescriptor { ResourceDescriptor(name: Text(name.escaped), digest: shipped.digest) }
}

extension RebuiltArtifact.Difference {
    /// The id: it holds for this place in exactly these bytes, whoever rebuilt them.
    package static func id(in artifact: Digest, place: Text, shipped: Digest?, rebuilt: Digest?) -> Digest {
        // docs/formats/rebuild.md, "difference ids". No part can hold a line feed.
        let lines = ["vitrine-difference/v1", artifact.hex, place.string, shipped?.hex ?? "-", rebuilt?.hex ?? "-"]
        return SHA256.digest(of: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    fileprivate func check(in artifact: Digest, at here: String) throws(UnexpectedJSON) {
        guard (1...Self.maximumPlaceByteCount).contains(place.utf8.count),
            place.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw UnexpectedJSON("\(here).place", .badValue(expected: "printable ASCII")) }
        guard id == Self.id(in: artifact, place: place, shipped: shipped, rebuilt: rebuilt) else {
            throw UnexpectedJSON("\(here).id", .badValue(expected: "the id of this difference"))
        }
        guard grade != .identical, shipped != nil || rebuilt != nil else {
            throw UnexpectedJSON(here, .badValue(expected: "a difference"))
        }
        guard grade != .identicalOutsideSignature || bytes == 0 else {
            throw UnexpectedJSON("\(here).bytes", .badValue(expected: "0, as only a signature differs"))
        }
        guard (1...32).contains(cause.utf8.count),
            cause.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-") })
        else { throw UnexpectedJSON("\(here).cause", .badValue(expected: "a word of a to z and -")) }
    }
}

extension RebuiltArtifact {
    /// Throws the first thing that does not agree with the rest.
    func check(at place: String) throws(UnexpectedJSON) {
        guard account.waived == 0 else {
            throw UnexpectedJSON(
                "\(place).account.waived",
                .badValue(expected: "0: a waiver is a statement of its own")
            )
        }
        guard account.total < .max, (account.total == 0) == (shipped.size == 0) else {
            throw UnexpectedJSON("\(place).account", .badValue(expected: "an account of every byte"))
        }
        guard (grade == .identical) == (rebuilt?.digest == shipped.digest) else {
            throw UnexpectedJSON("\(place).grade", .badValue(expected: "identical for exactly the same SHA-256"))
        }
        guard grade == .identical else { return try checkDifferences(at: place) }
        // Nothing was opened, so that bytes are bytes of the file.
        guard rebuilt == shipped, differences.isEmpty, unlistedDifferenceCount == 0,
            account.total == shipped.size, account.reproduced + account.thirdParty == shipped.size
        else { throw UnexpectedJSON(place, .badValue(expected: "nothing but identical bytes")) }
    }

    private func checkDifferences(at place: String) throws(UnexpectedJSON) {
        guard differences.count <= RebuiltArtifact.maximumDifferenceCount else {
            let expected = "at most \(RebuiltArtifact.maximumDifferenceCount) differences"
            throw UnexpectedJSON("\(place).differences", .badValue(expected: expected))
        }
        var ids: Set<Digest> = []
        for (index, difference) in differences.enumerated() {
            let here = "\(place).differences[\(index)]"
            try difference.check(in: shipped.digest, at: here)
            guard ids.insert(difference.id).inserted else {
                throw UnexpectedJSON(here, .badValue(expected: "a difference that is not listed before"))
            }
        }
        // What is not listed can make a grade worse and never better.
        let worst = differences.map(\.grade).min() ?? .identical
        guard unlistedDifferenceCount == 0 ? grade == worst : grade <= worst else {
            throw UnexpectedJSON("\(place).grade", .badValue(expected: "the worst grade of the differences"))
        }
        let (listed, overflows) = differences.reduce((UInt64(0), false)) { sum, difference in
            let (next, overflow) = sum.0.addingReportingOverflow(difference.bytes)
            return (next, sum.1 || overflow)
        }
        let isWhole = unlistedDifferenceCount == 0 ? listed == account.unexplained : listed <= account.unexplained
        guard !overflows, isWhole else {
            let expected = "the sum of the bytes of its differences"
            throw UnexpectedJSON("\(place).account.unexplained", .badValue(expected: expected))
        }
        guard grade == .different || rebuilt != nil else {
            throw UnexpectedJSON("\(place).grade", .badValue(expected: "different, as nothing was rebuilt"))
        }
        guard grade != .identicalOutsideSignature || account.unexplained == 0 else {
            throw UnexpectedJSON("\(place).account.unexplained", .badValue(expected: "0, as only a signature differs"))
        }
        guard rebuilt != nil || account.unexplained == account.total else {
            throw UnexpectedJSON("\(place).account", .badValue(expected: "nothing explained, as nothing was rebuilt"))
        }
    }
}
