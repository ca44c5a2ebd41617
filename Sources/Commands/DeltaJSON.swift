import Attestations
import Encodings
import SourceManifest
import Verification

/// A delta as one JSON object, docs/formats/delta.md.
enum DeltaJSON {
    /// The object; without what changed where the evidence did not verify.
    static func json(_ judge: DeltaJudge) -> JSON {
        var members: [JSON.Member] = [
            .init("format", .string("vitrine-delta/v1")),
            .init("verdict", .string(judge.outcome.rawValue)),
            .init("old", release(judge.old)),
            .init("new", release(judge.new)),
        ]
        if let result = judge.result {
            members += changes(result.old, result.new, result.delta)
        }
        members.append(.init("findings", .array(judge.findings.map(\.json))))
        return .object(members)
    }

    private static func release(_ judged: EvidenceJudge) -> JSON {
        guard let predicate = judged.manifest?.predicate, let digest = judged.manifestDigest else { return .null }
        return .object([
            .init("product", .string(predicate.release.product)),
            .init("version", .string(predicate.release.version)),
            .init("treeRoot", .string(predicate.treeRoot.hex)),
            .init("manifestSHA256", .string(digest.hex)),
            .init("sealedOn", .string(predicate.sealedOn.text)),
        ])
    }

    private static func changes(_ old: Manifest, _ new: Manifest, _ delta: ManifestDelta) -> [JSON.Member] {
        func pairs(_ pairs: [ManifestDelta.Pair]) -> JSON {
            .array(
                pairs.map { pair in
                    .object([
                        .init("old", entry(old.entry(at: pair.old))), .init("new", entry(new.entry(at: pair.new))),
                    ])
                }
            )
        }
        return [
            .init("added", .array(delta.added.map { entry(new.entry(at: $0)) })),
            .init("removed", .array(delta.removed.map { entry(old.entry(at: $0)) })),
            .init("changed", pairs(delta.changed)),
            .init("modeChanged", pairs(delta.modeChanged)),
            .init("renamed", pairs(delta.renamed)),
            .init("equal", .integer(Int64(clamping: delta.unchangedCount))),
        ]
    }

    private static func entry(_ entry: Entry) -> JSON {
        .object([
            .init("path", .string(entry.path.escaped)),
            .init("mode", .string(entry.mode.digits)),
            .init("size", .integer(Int64(clamping: entry.size))),
            .init("sha256", .string(entry.digest.hex)),
        ])
    }
}
