import Attestations
import Encodings
import SourceManifest
package import Verification

/// Says what probably led to a difference, from what the seal and the reading tell.
///
/// It is a guess for people. No guess turns a difference into equality.
package struct DifferenceAdvice {
    /// Guesses the causes of the differences that a judge finds.
    package static let adviser: DifferenceAdviser = { comparison, details, reading in
        let advice = DifferenceAdvice(comparison, details: details, reading: reading)
        return { advice.advice(on: $0) }
    }

    private let details: SourceDetails
    private let attributes: [ByteChangingAttribute]
    private let lfs: Set<TreePath>
    private let lfsFound: Set<TreePath>
    // Missing and extra entries by content, to find renamed files.
    private var missing: [Content: TreePath] = [:]
    private var extra: [Content: TreePath] = [:]

    private static let maximumAttributeCount = 64

    private struct Content: Hashable {
        let digest: Digest
        let size: UInt64

        init(_ entry: Entry) {
            digest = entry.digest
            size = entry.size
        }
    }

    /// Prepares to explain the differences of one comparison.
    init(_ comparison: TreeComparison, details: SourceDetails, reading: SourceReading) {
        self.details = details
        // A guess may not cost more than the judgement: of very many attributes the first must do.
        attributes = Array((details.attributes + reading.attributes).prefix(DifferenceAdvice.maximumAttributeCount))
        lfs = Set(details.lfs.map(\.path))
        lfsFound = Set(reading.lfs.map(\.path))
        for case .missing(let entry) in comparison.kept[.missing] ?? [] where missing[Content(entry)] == nil {
            missing[Content(entry)] = entry.path
        }
        for case .extra(let entry) in comparison.kept[.extra] ?? [] where extra[Content(entry)] == nil {
            extra[Content(entry)] = entry.path
        }
    }

    /// What to tell about one difference.
    func advice(on difference: Difference) -> Finding.Advice {
        let (cause, next) =
            switch difference {
            case .missing(let entry): adviceOnMissing(entry)
            case .extra(let entry): adviceOnExtra(entry)
            case .changed(let recorded, let found): adviceOnChange(recorded, found, difference.rule)
            }
        return Finding.Advice(cause: cause, next: next)
    }

    private typealias Advice = (cause: String?, next: String?)

    private func adviceOnMissing(_ entry: Entry) -> Advice {
        if let other = extra[Content(entry)] {
            return DifferenceAdvice.renameAdvice(from: entry.path, to: other)
        }
        if let attribute = attribute(for: entry.path, named: ["export-ignore"]) {
            return ("left out of an archive: \(attribute)", "read the commit, or an archive made without export-ignore")
        }
        return (nil, nil)
    }

    private func adviceOnExtra(_ entry: Entry) -> Advice {
        if let other = missing[Content(entry)] {
            return DifferenceAdvice.renameAdvice(from: other, to: entry.path)
        }
        if entry.mode == .submodule {
            return ("a submodule that is not part of the release", nil)
        }
        if let origin = UnrecordedFile.origin(of: entry.path) {
            return (origin, "remove it if you know where it comes from, and verify again; or read a fresh copy")
        }
        return (nil, nil)
    }

    private func adviceOnChange(_ recorded: Entry, _ found: Entry, _ rule: Finding.Rule) -> Advice {
        switch rule {
        case .typeDiffers: DifferenceAdvice.adviceOnType(recorded, found)
        case .modeDiffers:
            recorded.mode == .executable
                ? ("the executable bit was lost: a medium or an archive without modes, or a umask", nil)
                : ("the executable bit was set: a medium that knows no modes, or a change", nil)
        default: adviceOnContent(recorded, found)
        }
    }

    private static func adviceOnType(_ recorded: Entry, _ found: Entry) -> Advice {
        switch (recorded.mode, found.mode) {
        case (.symbolicLink, _) where recorded.digest == found.digest:
            ("the link became a file that holds its target: a checkout without symbolic links", nil)
        case (.symbolicLink, _): ("the link became a copy of a file, or was replaced", nil)
        case (.submodule, _): ("a file stands where the release has a submodule", nil)
        default: (nil, nil)
        }
    }

    private func adviceOnContent(_ recorded: Entry, _ found: Entry) -> Advice {
        let path = recorded.path
        if recorded.mode == .symbolicLink { return ("the link points elsewhere", nil) }
        if recorded.mode == .submodule { return ("the submodule stands at another commit", nil) }
        if lfs.contains(path) {
            return ("neither the Git LFS pointer nor the content it names", "fetch the LFS object again")
        }
        if lfsFound.contains(path) {
            return ("a Git LFS pointer stands in the place of the content", "fetch the LFS content and verify again")
        }
        let names = ["eol", "text", "crlf", "ident", "filter", "export-subst", "working-tree-encoding"]
        if let attribute = attribute(for: path, named: names) {
            return ("git or an archive may have rewritten the file: \(attribute)", "compare with the commit itself")
        }
        if found.size == 0 { return ("the file is empty: a copy was cut off, or it was emptied", nil) }
        if found.size < recorded.size {
            return (
                "shorter (\(recorded.size - found.size) of \(recorded.size) bytes less): cut off, altered, or CRLF turned to LF",
                nil
            )
        }
        if found.size > recorded.size {
            return (
                "longer (\(found.size - recorded.size) more than \(recorded.size) bytes): altered, or LF turned to CRLF",
                nil
            )
        }
        return ("the same size with other bytes: altered in place, or a bad medium", nil)
    }

    private static func renameAdvice(from old: TreePath, to new: TreePath) -> Advice {
        let next = "give it back its recorded name, or read a copy made by a tool that keeps names"
        let (first, second) = (String(decoding: old.bytes, as: UTF8.self), String(decoding: new.bytes, as: UTF8.self))
        // `String` equality is canonical equivalence, which is what is asked here and nowhere else.
        if first == second {
            return ("the same name in another Unicode normalization: \(old) became \(new)", next)
        }
        if first.lowercased() == second.lowercased() {
            return ("the same name in other case: \(old) became \(new)", next)
        }
        return ("the same content has another name: \(old) became \(new)", next)
    }

    private func attribute(for path: TreePath, named names: [String]) -> String? {
        attributes.first { attribute in
            names.contains { DifferenceAdvice.isNamed($0, attribute.attribute) }
                && AttributePattern(attribute).matches(path)
        }
        .map { "\($0.path) line \($0.line), \(ASCII.escape($0.pattern)) \(ASCII.escape($0.attribute))" }
    }

    private static func isNamed(_ name: String, _ attribute: [UInt8]) -> Bool {
        attribute.elementsEqual(name.utf8) || attribute.starts(with: Array("\(name)=".utf8))
    }
}
