import PrivateKeys
import SigningKeys

/// The private keys of a seal, each once, in the order they were given.
struct SealingKeys {
    let keys: [PrivateKey]

    /// Reads the keys; the same key twice is a mistake of the command.
    init(_ paths: [[UInt8]], _ passphrase: Passphrase) throws(Trouble) {
        var keys: [PrivateKey] = []
        for path in paths {
            let key = try KeyFiles.privateKey(path, passphrase)
            guard !keys.contains(where: { $0.publicKey.keyID == key.publicKey.keyID }) else {
                throw Trouble("\(escaped(path)): the same key was given before")
            }
            keys.append(key)
        }
        self.keys = keys
    }

    /// The names of the keys.
    var keyIDs: [KeyID] { keys.map(\.publicKey.keyID) }
}
