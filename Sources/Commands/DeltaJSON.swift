import Attestations
import Encodings
import SourceManifest
import Verification

/// A delta as one JSON object, docs/formats/delta.md.
///
/// It is written piece by piece: two releases may differ in millions of entries.
struct DeltaJSON {
    private var output = OutputPieces()

    /// Writes the object and LF to standard output; without what changed where the evidence did not verify.
    static func write(_ judge: DeltaJudge) throws(Trouble) {
        var writer = DeltaJSON()
        try writer.add("{\"format\":\"vitrine-delta/v1\"")
        try writer.add("verdict", .string(judge.outcome.rawValue))
        try writer.add("old", release(judge.old))
        try writer.add("new", release(judge.new))
        if let result = judge.result {
            try writer.add(result.old, result.new, result.delta)
        }
        try writer.add("findings", .array(judge.findings.map(\.json)))
        try writer.add("}\n")
        try writer.output.finish()
    }

    private mutating func add(_ text: String) throws(Trouble) {
        try output.add(Array(text.utf8))
    }

    private mutating func add(_ name: String, _ value: JSON) throws(Trouble) {
        try add(",\"\(name)\":")
        try output.add(value.compact)
    }

    private mutating func add<Place>(_ name: String, _ places: [Place], _ value: (Place) -> JSON) throws(Trouble) {
        try add(",\"\(name)\":[")
        for index in places.indices {
            if index > 0 { try add(",") }
            try output.add(value(places[index]).compact)
        }
        try add("]")
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

    private mutating func add(_ old: Manifest, _ new: Manifest, _ delta: ManifestDelta) throws(Trouble) {
        func pair(_ pair: ManifestDelta.Pair) -> JSON {
            let (before, after) = (old.entry(at: pair.old), new.entry(at: pair.new))
            return .object([.init("old", DeltaJSON.entry(before)), .init("new", DeltaJSON.entry(after))])
        }
        try add("added", delta.added) { DeltaJSON.entry(new.entry(at: $0)) }
        try add("removed", delta.removed) { DeltaJSON.entry(old.entry(at: $0)) }
        try add("changed", delta.changed, pair)
        try add("modeChanged", delta.modeChanged, pair)
        try add("renamed", delta.renamed, pair)
        try add("equal", .integer(Int64(clamping: delta.unchangedCount)))
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
