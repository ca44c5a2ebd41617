package import BuildStatements
package import Encodings
import Attestations

extension RebuildRecord {
    /// The bytes to be signed.
    package var payload: [UInt8] {
        Statement(subjects: artifacts.map(\.subject.json), predicateType: RebuildRecord.type, predicate: json)
            .json.compact
    }

    /// The JSON object of the predicate as Vitrine writes it.
    package var json: JSON {
        .object([
            .init("product", .string(release.product)),
            .init("version", .string(release.version)),
            .init("treeRoot", .string(treeRoot.hex)),
            .init("manifest", .string(manifest.hex)),
            .init("definition", .object([.init("sha256", .string(definition.hex))])),
            .init("result", .string(result.rawValue)),
            .init("reason", reason.map { .string($0) } ?? .null),
            .init("artifacts", .array(artifacts.map(\.json))),
            .init("toolchain", .array(toolchain.map(\.json))),
            .init("environment", environment.json),
            .init("trace", trace?.json ?? .null),
            .init("log", log?.json ?? .null),
            .init("rebuiltOn", .string(rebuiltOn.text)),
            .init("rebuilder", .object([.init("id", .string(rebuilder))])),
        ])
    }
}

extension RebuiltArtifact {
    fileprivate var json: JSON {
        .object([
            .init("name", .escaped(name.bytes)),
            .init("sha256", .string(shipped.digest.hex)),
            .init("size", .count(shipped.size)),
            .init("rebuilt", rebuilt?.json ?? .null),
            .init("grade", .string(grade.rawValue)),
            .init("account", .object(ByteAccount.Class.allCases.map { .init(Text($0.rawValue), .count(account[$0])) })),
            .init("differences", .array(differences.map(\.json))),
            .init("differencesNotListed", .count(unlistedDifferenceCount)),
        ])
    }
}

extension RebuiltArtifact.Difference {
    fileprivate var json: JSON {
        .object([
            .init("id", .string(id.hex)),
            .init("place", .string(place)),
            .init("shipped", shipped.map { .string($0.hex) } ?? .null),
            .init("rebuilt", rebuilt.map { .string($0.hex) } ?? .null),
            .init("cause", .string(cause)),
            .init("bytes", .count(bytes)),
            .init("grade", .string(grade.rawValue)),
        ])
    }
}

extension RebuildRecord.Content {
    fileprivate var json: JSON { .object([.init("sha256", .string(digest.hex)), .init("size", .count(size))]) }
}

extension RebuildRecord.ToolchainPart {
    fileprivate var json: JSON {
        .object([
            .init("name", .string(name)), .init("version", .string(version)), .init("sha256", .string(digest.hex)),
        ])
    }
}

extension RebuildRecord.Environment {
    fileprivate var json: JSON {
        .object([
            .init("sandbox", .string(sandbox)), .init("kernel", .string(kernel)),
            .init("architecture", .string(architecture)),
        ])
    }
}

extension RebuildRecord.Trace {
    fileprivate var json: JSON {
        .object([
            .init("openedSource", .count(openedSource)),
            .init("neverOpenedSource", .count(neverOpenedSource)),
            .init("toolchainFiles", .count(toolchainFiles)),
            .init("producedFiles", .count(producedFiles)),
            .init("unexplained", .count(unexplained)),
            .init("networkAttempts", .count(networkAttempts)),
        ])
    }
}
