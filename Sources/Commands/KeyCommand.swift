#if Commands
import ArgumentParser
import Attestations
import Encodings
import PrivateKeys
import SigningKeys
import SourceManifest

/// `vitrine key`.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Makes and shows keys.",
        discussion: """
            Example:
              vitrine key new --out release
              vitrine key show release.pub.pem
            """,
        subcommands: [KeyNewCommand.self, KeyShowCommand.self]
    )
}

/// `vitrine key new`.
struct KeyNewCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Makes a key pair: PREFIX.key.pem and PREFIX.pub.pem.",
        discussion: """
            The private key is encrypted, and readable for its owner alone. The passphrase comes from \
            --passphrase-file, from the variable VITRINE_PASSPHRASE, or from a question on the terminal. Neither file \
            is ever overwritten.

            Example:
              vitrine key new --out release
              vitrine key new --out ci --type ed25519 --passphrase-file secret.txt
            """
    )

    @Option(help: ArgumentHelp("What both file names start with.", valueName: "prefix"))
    var out: PathArgument

    @Option(help: "rsa2048, rsa3072, rsa4096, p256 or ed25519.")
    var type = KeyType.standard

    @Option(help: ArgumentHelp("A file that holds the passphrase.", valueName: "file"))
    var passphraseFile: PathArgument?

    @Flag(help: "Leave the private key unencrypted.")
    var noPassphrase = false

    func validate() throws {
        if passphraseFile != nil, noPassphrase {
            throw ValidationError("--passphrase-file and --no-passphrase exclude each other.")
        }
    }

    func run() throws -> ExitStatus {
        let (privatePath, publicPath) = (out.bytes + ".key.pem".utf8, out.bytes + ".pub.pem".utf8)
        for path in [privatePath, publicPath] where Descriptor.mode(of: path) != nil {
            throw Trouble("\(escaped(path)) is there already and is not overwritten")
        }
        // Both files are made before the passphrase is asked for: what cannot be written is known first.
        let privateFile = try DurableFile(privatePath, isPrivate: true)
        let publicFile = try DurableFile(publicPath)
        let passphrase = noPassphrase ? nil : try Passphrase(file: passphraseFile?.bytes).new()
        let key = try PrivateKey.generate(type)
        try key.pem(passphrase: passphrase).withBytes { bytes throws(Trouble) in try privateFile.write(bytes) }
        try publicFile.write(key.publicKey.pem.span)
        try privateFile.settle()
        try publicFile.settle()
        Console.say("wrote \(escaped(privatePath)) and \(escaped(publicPath))")
        try Console.write("\(key.publicKey.keyID)\n")
        return .done
    }
}

/// `vitrine key show`.
struct KeyShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows type, bits and names of a public or private key.",
        discussion: """
            Example:
              vitrine key show release.pub.pem
            """
    )

    @Argument(help: ArgumentHelp("A public or private key, PEM.", valueName: "file"))
    var file: PathArgument

    @Option(help: ArgumentHelp("A file that holds the passphrase of a private key.", valueName: "file"))
    var passphraseFile: PathArgument?

    func run() throws -> ExitStatus {
        let (key, isPrivate) = try KeyFiles.anyKey(file.bytes, Passphrase(file: passphraseFile?.bytes))
        try Console.write(
            """
            kind    \(isPrivate ? "private key" : "public key")
            type    \(key.typeName)
            bits    \(key.bits)
            keyid   \(key.keyID)
            sha256  \(key.spkiSHA256.hex) (of the SubjectPublicKeyInfo)

            """
        )
        return .done
    }
}

extension KeyType: ExpressibleByArgument {}
#endif
