import BuildStatements
import Encodings
import Verification

/// How much of a build that passes was made again, and from what.
struct RebuiltExtent {
    private let files: [RebuiltFile]
    private let isSourceOpen: Bool

    /// Looks at files that all pass; `isSourceOpen` says whether it can be seen what is in the sealed source.
    init(_ files: [RebuiltFile], isSourceOpen: Bool = true) {
        self.files = files
        self.isSourceOpen = isSourceOpen
    }

    private func count(_ extent: RebuildClaim.Extent) -> Int { files.count { $0.decisive?.extent == extent } }

    private var outsideCount: Int { files.count { !$0.isDefinitionSealed } }

    private var untracedCount: Int { files.count { !$0.isTraced } }

    private static func spell(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

    /// The link `rebuilt` in one line: a file of which nothing was reproduced is never called rebuilt.
    func summary(of rebuilderCount: Int, _ threshold: Int) -> String {
        var parts: [String] = []
        let rebuilt = files.filter { $0.decisive?.extent == .rebuilt }
        if !rebuilt.isEmpty {
            let least = rebuilt.filter { !$0.isReproducedHere }.map(\.rebuilderCount).min()
            let by = least.map { "reproduced by \($0) of \(rebuilderCount) trusted rebuilders, \(threshold) needed" }
            parts.append("\(RebuiltExtent.spell(rebuilt.count)), \(by ?? "rebuilt here")")
        }
        let others: [(RebuildClaim.Extent, String)] = [
            (.waived, "waived"), (.ofOthers, "declared third-party"), (.signature, "of nothing but a signature"),
        ]
        for (extent, words) in others where count(extent) > 0 {
            parts.append("\(RebuiltExtent.spell(count(extent))) \(words), not rebuilt")
        }
        if untracedCount > 0 { parts.append("inputs of the build not traced") }
        return parts.joined(separator: "; ")
    }

    /// What the first line of a pass adds.
    var reservations: [String] {
        var account = ByteAccount()
        for file in files { if let each = file.decisive?.account { account.add(each) } }
        var reservations: [String] = []
        if outsideCount > 0 {
            let place = isSourceOpen ? "that is not part of it" : "that is not shown to be part of it"
            reservations.append("by a build definition \(place)")
        }
        if account.waived > 0 {
            reservations.append("with \(account.waived.grouped) bytes waived")
        } else {
            // A mode or a signature that differs has no bytes of its own.
            let differences = files.reduce(0) { $0 + ($1.decisive?.waived.count ?? 0) }
            if differences > 0 { reservations.append("with waived differences: \(differences)") }
        }
        if account.thirdParty > 0 {
            reservations.append("with \(account.thirdParty.grouped) bytes declared third-party")
        }
        return reservations
    }

    /// The same as notices, for those who read findings.
    var findings: [Finding] {
        var findings: [Finding] = []
        if outsideCount > 0 {
            let outside = files.filter { !$0.isDefinitionSealed }
            let hex = Set(outside.compactMap { $0.decisive?.counted.record.definition }).map(\.hex).sorted().joined(
                separator: ", "
            )
            let found = "\(RebuiltExtent.spell(outsideCount)) by the definition with SHA-256 \(hex)"
            findings.append(Finding(.definitionOutsideSource, found: found))
        }
        if untracedCount > 0 {
            findings.append(Finding(.inputsNotTraced, found: "\(RebuiltExtent.spell(untracedCount))"))
        }
        return findings
    }
}
