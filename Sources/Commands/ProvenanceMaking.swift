import Attestations
import Digests
import Encodings
import Rebuild
import SigningKeys
import Verification

/// Puts what a build was made of and what it gave into the words of SLSA provenance.
struct ProvenanceMaking {
    let statement: SourceStatement
    let chosen: ChosenDefinition
    let toolchain: PreparedToolchain
    let result: BuildResult

    /// The claim, whose times end now.
    func provenance(revision: [UInt8]?, builder: String, startedOn: Timestamp) throws -> Provenance {
        let architecture = BuildMachine.debianArchitecture
        let predicate = statement.predicate
        let random = try SecureRandom.bytes(16)
        return try Provenance(
            outputs: result.outputs.map { ResourceDescriptor(name: Text($0.path.escaped), digest: $0.content.digest) },
            release: predicate.release,
            treeRoot: predicate.treeRoot,
            definition: chosen.digest,
            revision: revision.map { Text(escaped($0)) },
            settings: result.settings.map { Provenance.Setting(Text($0.name), Text($0.value)) },
            manifest: statement.manifestDigest,
            toolchain: toolchain.parts.map { part in
                let isPackage = toolchain.isDebian && !part.name.string.hasPrefix("directory ")
                let uri = "pkg:deb/debian/\(part.name)@\(ProvenanceMaking.percent(part.version))?arch=\(architecture)"
                return .init(name: part.name, uri: isPackage ? Text(uri) : nil, digest: part.digest)
            },
            builder: Text(builder),
            builderVersion: Text(ToolVersion.current),
            invocation: Text("urn:vitrine:build:" + Hex.encode(random)),
            startedOn: startedOn,
            finishedOn: max(startedOn, try Clock.now()),
            log: result.log.digest
        )
    }

    /// A version as purl spells it: `+`, `:` and `~` may stand, all else but letters, digits and `.-_` is escaped.
    private static func percent(_ version: Text) -> String {
        version.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || ".-_~:".utf8.contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
