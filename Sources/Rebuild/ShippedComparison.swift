import Attestations
package import BuildStatements
package import Comparison
import Digests
package import Encodings
import Verification

/// A file of the shipped build, and where it is.
package struct ShippedPlace: Sendable {
    /// The file.
    package let file: ShippedFile
    /// Its name as a path: the last component, or the path beneath the directory that was shipped.
    package let name: TreePath
    /// Where it is on disk.
    package let path: [UInt8]

    /// Pairs a file with its place; throws for a name that no record can have.
    package init(_ file: ShippedFile, at path: [UInt8]) throws(MalformedTreePath) {
        self.file = file
        self.path = path
        name = try TreePath(file.name)
    }
}

/// More than one output goes by the name of a shipped file.
package struct AmbiguousOutput: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name.
    package let name: TreePath
    /// How many outputs go by it.
    package let count: Int

    /// One line, safe on a terminal.
    package var description: String { "\(name): \(count) outputs of the build go by this name" }
}

/// A shipped file, or the output beside it, was changed between hashing and comparing.
package struct ShippedFileChanged: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name.
    package let name: TreePath

    /// One line, safe on a terminal.
    package var description: String { "\(name): changed while it was compared" }
}

/// Compares shipped files with the outputs of a build, and puts what was found into the words of a rebuild record.
package struct ShippedComparison: Sendable {
    /// The files of others that the definition declares.
    private let declared: Set<Digest>
    private let options: ComparisonOptions
    /// The directory that holds the outputs.
    private let directory: [UInt8]

    /// Compares with the outputs in `directory`.
    package init(_ definition: BuildDefinition, outputsIn directory: [UInt8], _ options: ComparisonOptions) {
        // Nothing is nobody's: a file without bytes would leave no trace of having been declared.
        declared = Set(definition.thirdParty.map(\.digest)).subtracting([SHA256.digest(of: [])])
        self.directory = directory
        var options = options
        options.declaredDigests = declared
        // A record is about bytes: it is the same for a file that was downloaded without its mode.
        options.comparesGivenModes = false
        self.options = options
    }

    /// What the record says of a shipped file, and the whole comparison where there was something to compare.
    package func compare(
        _ shipped: ShippedPlace,
        with outputs: [BuiltOutput]
    ) throws -> (artifact: RebuiltArtifact, item: ComparedItem?) {
        let content = shipped.file.content
        if declared.contains(content.digest) {
            return (ShippedComparison.identical(shipped, .thirdParty), nil)
        }
        let named = outputs.filter { $0.isNamed(shipped.name) }
        let exact = named.filter { $0.path == shipped.name }
        let candidates = exact.isEmpty ? named : exact
        guard candidates.count <= 1 else { throw AmbiguousOutput(name: shipped.name, count: candidates.count) }
        guard let output = candidates.first else { return (ShippedComparison.notRebuilt(shipped), nil) }
        guard output.content != content else {
            return (ShippedComparison.identical(shipped, .reproduced), nil)
        }
        let item = try BuildComparison.compare(
            shipped: shipped.path,
            rebuilt: directory + [UInt8(ascii: "/")] + output.path.bytes,
            options: options
        )
        guard item.shipped?.digest == content.digest, item.rebuilt?.digest == output.content.digest else {
            throw ShippedFileChanged(name: shipped.name)
        }
        return (ShippedComparison.artifact(item, shipped, output), item)
    }

    /// What the record says of a file that is the same on both sides, all its bytes of one class.
    private static func identical(_ shipped: ShippedPlace, _ origin: ByteAccount.Class) -> RebuiltArtifact {
        let content = shipped.file.content
        var account = ByteAccount()
        account[origin] = content.size
        return RebuiltArtifact(
            name: shipped.name,
            shipped: content,
            rebuilt: content,
            grade: .identical,
            account: account
        )
    }

    /// What the record says of a file that no output goes by the name of.
    package static func notRebuilt(_ shipped: ShippedPlace) -> RebuiltArtifact {
        let content = shipped.file.content
        var account = ByteAccount()
        account.unexplained = content.size
        let difference = RebuiltArtifact.Difference(
            in: content.digest,
            place: "the whole file",
            shipped: content.digest,
            rebuilt: nil,
            cause: "extra",
            bytes: content.size,
            grade: .different
        )
        return RebuiltArtifact(
            name: shipped.name,
            shipped: content,
            rebuilt: nil,
            grade: .different,
            account: account,
            differences: [difference]
        )
    }

    private static func artifact(
        _ item: ComparedItem,
        _ shipped: ShippedPlace,
        _ output: BuiltOutput
    ) -> RebuiltArtifact {
        var list = DifferenceList(shipped.file.content.digest)
        list.add(item, at: "")
        let (grade, unlisted) = list.settle(item)
        return RebuiltArtifact(
            name: shipped.name,
            shipped: shipped.file.content,
            rebuilt: output.content,
            grade: grade,
            account: item.account,
            differences: list.differences,
            unlistedDifferenceCount: unlisted
        )
    }
}

/// The differences of a comparison as a record lists them: flat, each with the path of its member.
private struct DifferenceList {
    private let artifact: Digest
    private(set) var differences: [RebuiltArtifact.Difference] = []
    private var unlistedCount: UInt64 = 0
    private var places: [Digest: Int] = [:]

    init(_ artifact: Digest) {
        self.artifact = artifact
    }

    /// Adds what differs in `item`, which stands at the path `place`, and in what is inside.
    mutating func add(_ item: ComparedItem, at place: String) {
        unlistedCount += UInt64(item.unlistedDifferenceCount)
        for difference in item.differences {
            add(difference, of: item, at: "\(place):\(difference.place)")
        }
        for member in item.members {
            let name = ASCII.escape(member.name, limit: 1024)
            add(member, at: place.isEmpty ? name : "\(place)/\(name)")
        }
    }

    private mutating func add(_ difference: ByteDifference, of item: ComparedItem, at place: String) {
        let bytes = difference.accountedAs == .unexplained ? difference.byteCount : 0
        let grade: Grade =
            switch difference.accountedAs {
            case .signature: .identicalOutsideSignature
            default: item.grade == .contentsIdentical ? .contentsIdentical : .different
            }
        // What a declared file of others explains differs and is accounted for.
        let isExplained = difference.accountedAs == .thirdParty
        guard !isExplained, place.utf8.count <= RebuiltArtifact.Difference.maximumPlaceByteCount,
            item.shipped?.digest != nil || item.rebuilt?.digest != nil
        else {
            unlistedCount += 1
            return
        }
        let listed = RebuiltArtifact.Difference(
            in: artifact,
            place: Text(place),
            shipped: item.shipped?.digest,
            rebuilt: item.rebuilt?.digest,
            cause: Text(difference.cause.rawValue),
            bytes: bytes,
            grade: grade
        )
        guard let index = places[listed.id] else {
            guard differences.count < RebuiltArtifact.maximumDifferenceCount else {
                unlistedCount += 1
                return
            }
            places[listed.id] = differences.count
            differences.append(listed)
            return
        }
        let other = differences[index]
        let (sum, overflow) = other.bytes.addingReportingOverflow(bytes)
        differences[index] = RebuiltArtifact.Difference(
            in: artifact,
            place: Text(place),
            shipped: item.shipped?.digest,
            rebuilt: item.rebuilt?.digest,
            cause: other.cause,
            bytes: overflow ? .max : sum,
            grade: min(other.grade, grade)
        )
    }

    /// The grade and the number of differences that are not listed, so that they agree with what is listed.
    ///
    /// Where they do not, the worse is said: a grade is never better than its differences, and bytes that no listed
    /// difference stands for belong to one that is not listed, which nobody can waive.
    mutating func settle(_ item: ComparedItem) -> (grade: Grade, unlisted: UInt64) {
        var listed = differences.reduce(UInt64(0)) { sum, difference in
            let (next, overflow) = sum.addingReportingOverflow(difference.bytes)
            return overflow ? .max : next
        }
        if listed > item.account.unexplained {
            unlistedCount += UInt64(differences.count)
            differences = []
            listed = 0
        }
        let worst = differences.map(\.grade).min() ?? .identical
        let grade = min(item.grade, worst, .identicalOutsideSignature)
        if listed != item.account.unexplained || grade != worst { unlistedCount = max(1, unlistedCount) }
        return (grade, unlistedCount)
    }
}
