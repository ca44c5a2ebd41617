import Encodings
import PrivateKeys
import SigningKeys
import TestSupport
import Testing

/// Keys made once for all tests.
enum TestKeys {
    /// A key of every type.
    static let all: [KeyType: PrivateKey] = {
        var keys: [KeyType: PrivateKey] = [:]
        for type in KeyType.allCases {
            keys[type] = try? PrivateKey.generate(type)
        }
        return keys
    }()
}

/// The strict PEM text of a block.
func pemText(_ label: String, _ content: [UInt8]) -> [UInt8] {
    var text = "-----BEGIN \(label)-----\n"
    var digits = Base64.encode(content)[...]
    while !digits.isEmpty {
        text += digits.prefix(64) + "\n"
        digits = digits.dropFirst(64)
    }
    return Array((text + "-----END \(label)-----\n").utf8)
}

/// A secret of a text.
func secret(_ text: String) -> Secret {
    Secret(Array(text.utf8).span)
}

/// A key that `openssl genpkey` makes, and the public half, as PEM texts.
func opensslKey(_ arguments: [String], in directory: String) throws -> (secret: [UInt8], open: [UInt8]) {
    let made = try Command.run("openssl", ["genpkey", "-out", "\(directory)/key.pem"] + arguments)
    try #require(made.status == 0, "\(made.errors)")
    let open = try Command.run("openssl", ["pkey", "-in", "\(directory)/key.pem", "-pubout"])
    return (try TestFile.read("\(directory)/key.pem"), open.output)
}

extension PrivateKey {
    /// The unencrypted PEM text, for programs that tests run.
    func openPEM() throws -> [UInt8] {
        try pem(passphrase: nil).withBytes { bytes in
            bytes.indices.map { bytes[$0] }
        }
    }

    /// The encrypted PEM text.
    func lockedPEM(_ passphrase: String) throws -> [UInt8] {
        try pem(passphrase: secret(passphrase)).withBytes { bytes in
            bytes.indices.map { bytes[$0] }
        }
    }
}
