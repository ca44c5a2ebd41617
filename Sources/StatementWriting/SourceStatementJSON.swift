package import Attestations
import Digests
package import Encodings
import SigningKeys

extension SourceStatement {
    /// The bytes to be signed.
    package var payload: [UInt8] {
        let subject = ResourceDescriptor(name: predicate.release.subject, digest: manifestDigest)
        return Statement(
            subjects: [subject.json],
            predicateType: SourceManifestPredicate.type,
            predicate: predicate.json
        ).json.compact
    }
}

extension SourceManifestPredicate {
    /// The JSON object as Vitrine writes it.
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("product", .string(release.product)),
            .init("version", .string(release.version)),
            .init("treeRoot", .string(treeRoot.hex)),
            .init("entries", .count(entries)),
        ]
        if let details { members.append(.init("bytes", .count(details.bytes))) }
        members.append(.init("form", .string(content.formName)))
        members.append(.init("view", .string(view.rawValue)))
        switch content {
        case .open(let details, let reused):
            members += details.recordMembers
            if let reused { members.append(.init("reused", reused.json)) }
        case .blinded(let gaps, let detailsCommitment):
            members.append(.init("gaps", .count(gaps)))
            members.append(.init("detailsCommitment", .string(detailsCommitment.hex)))
        }
        members.append(.init("sealedOn", .string(sealedOn.text)))
        members.append(.init("requiredSigners", .array(requiredSigners.map { .string($0.text) })))
        return .object(members)
    }
}

extension SourceManifestPredicate.Content {
    fileprivate var formName: Text {
        switch self {
        case .open: "open"
        case .blinded: "blinded"
        }
    }
}

extension SourceManifestPredicate.Reuse {
    fileprivate var json: JSON {
        .object([.init("manifest", .string(manifest.hex)), .init("entries", .count(entries))])
    }
}

extension SourceDetails {
    /// The JSON object of the secret file; its compact bytes are what the blinded form commits to.
    package var json: JSON {
        .object(recordMembers + [.init("bytes", .count(bytes)), .init("entries", .count(entries))])
    }

    /// The members from `git` to `emptyDirectories`, which stand in both forms in this order.
    var recordMembers: [JSON.Member] {
        var members: [JSON.Member] = []
        if let git {
            members.append(.init("git", git.json))
            members.append(.init("swhid", .string(git.swhid)))
        }
        return members + [
            .init("submodules", .array(submodules.map(\.json))),
            .init("lfs", .array(lfs.map(\.json))),
            .init("attributes", .array(attributes.map(\.json))),
            .init("emptyDirectories", .array(emptyDirectories.map { .escaped($0.bytes) })),
        ]
    }
}

extension GitIdentity {
    /// The JSON object of the statement.
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("commit", .string(commit.hex)),
            .init("tree", .string(tree.hex)),
        ]
        if let tag {
            members.append(
                .init("tag", .object([.init("name", .escaped(tag.name)), .init("object", .string(tag.object.hex))]))
            )
        }
        members.append(.init("objectReader", .string(objectReader.rawValue)))
        return .object(members)
    }
}

extension Submodule {
    /// The JSON object of the statement.
    package var json: JSON {
        .object([
            .init("path", .escaped(path.bytes)),
            .init("commit", .string(commit.hex)),
            .init("resolved", .boolean(isResolved)),
        ])
    }
}

extension LFSObject {
    /// The JSON object of the statement.
    package var json: JSON {
        .object([
            .init("path", .escaped(path.bytes)),
            .init("oid", .string(oid.hex)),
            .init("size", .count(size)),
        ])
    }
}

extension ByteChangingAttribute {
    /// The JSON object of the statement.
    package var json: JSON {
        .object([
            .init("path", .escaped(path.bytes)),
            .init("line", .count(line)),
            .init("pattern", .escaped(pattern)),
            .init("attribute", .escaped(attribute)),
        ])
    }
}
