#if Commands
import ArgumentParser
import Attestations
import Encodings
import PrivateKeys
import SigningKeys
import SourceManifest
import Verification

/// `vitrine seal`: hashes a source, signs its root and writes the evidence.
struct SealCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Hashes a source, signs its root, and writes DIR/P/V/ with the evidence.",
        discussion: """
            Existing evidence is never overwritten. Where DIR/P/V/ is there and is of the same source, the signature \
            is added to it; where it is of another, the seal is refused. A source with findings that fail is not \
            sealed. With --confidential the names and contents stay secret, in DIR/P/V.secret.

            Example:
              vitrine seal . --product demo --version 1.0 --key release.key.pem
              vitrine seal . --product demo --version 1.1 --key release.key.pem --since manifests/demo/1.0
            """
    )

    @Argument(help: ArgumentHelp("A git repository, or with --directory a tree on disk.", valueName: "source"))
    var source: PathArgument

    @Option(help: ArgumentHelp("The product: letters, digits and . _ + ~ -", valueName: "p"))
    var product: String

    @Option(help: ArgumentHelp("The version, of the same characters.", valueName: "v"))
    var version: String

    @Option(help: ArgumentHelp("A private key; once for each signer.", valueName: "key.pem"))
    var key: [PathArgument]

    @OptionGroup var flags: ReadingFlags

    @Option(help: ArgumentHelp("Where evidence is kept.", valueName: "dir"))
    var out = PathArgument(bytes: Array("manifests".utf8))

    @Option(help: ArgumentHelp("A file that holds the passphrase of the keys.", valueName: "file"))
    var passphraseFile: PathArgument?

    @Flag(help: "Publish commitments in the place of names and contents.")
    var confidential = false

    @Option(help: ArgumentHelp("How many random commitments hide the number of entries.", valueName: "n"))
    var decoys: Int?

    @Option(help: ArgumentHelp("Evidence of an earlier commit, to read only what changed.", valueName: "old-evidence"))
    var since: PathArgument?

    func validate() throws {
        guard ReleaseName(product: Text(product), version: Text(version)) != nil else {
            throw ValidationError(
                "--product and --version are 1 to 128 letters, digits and . _ + ~ - and start with a letter or digit."
            )
        }
        if decoys != nil, !confidential { throw ValidationError("--decoys belongs to --confidential.") }
        if let decoys, !(0...Manifest.maximumCount).contains(decoys) {
            throw ValidationError("--decoys is a number up to \(Manifest.maximumCount).")
        }
        if since != nil, flags.directory { throw ValidationError("--since and --directory exclude each other.") }
    }

    func run() throws -> ExitStatus {
        guard let release = ReleaseName(product: Text(product), version: Text(version)) else {
            throw Trouble("no product and version")
        }
        let keys = try SealingKeys(key.map(\.bytes), Passphrase(file: passphraseFile?.bytes))
        let earlier = try since.map { try EarlierEvidence($0.bytes, keys: keys.keys.map(\.publicKey)) }
        let source = SealableSource(
            path: source.bytes,
            request: flags.request,
            isParanoid: flags.paranoid,
            earlier: earlier?.source
        )
        let (reading, reusedCount) = try source.read(for: "seal")
        FindingLines.say(reading.findings)
        var reused: SourceManifestPredicate.Reuse?
        if let earlier, reusedCount > 0 {
            reused = .init(manifest: earlier.manifestDigest, entries: UInt64(reusedCount))
        }
        let sealing = Sealing(
            release: release,
            reading: reading,
            keys: keys,
            reused: reused,
            decoys: confidential ? decoys ?? 0 : nil
        )
        try sealing.run(FilePath.join(FilePath.join(out.bytes, product), version))
        return .done
    }
}
#endif
