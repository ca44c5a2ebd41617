import DirectorySource
import PrivateKeys
import SigningKeys

/// Key files on disk; an error names the file.
enum KeyFiles {
    private static let ceiling = 64 << 10

    /// Reads a public key.
    static func publicKey(_ path: [UInt8]) throws(Trouble) -> PublicKey {
        let bytes = try read(path)
        do throws(SigningKeyError) {
            return try PublicKey(pem: bytes)
        } catch {
            throw named(path, error)
        }
    }

    /// Reads a private key; the passphrase is asked for only where the key is encrypted.
    static func privateKey(_ path: [UInt8], _ passphrase: Passphrase) throws(Trouble) -> PrivateKey {
        var bytes = try read(path)
        defer { wipe(&bytes) }
        let isEncrypted: Bool
        do throws(SigningKeyError) { isEncrypted = try PrivateKey.isEncrypted(pem: bytes) } catch {
            throw named(path, error)
        }
        let secret = isEncrypted ? try passphrase.existing(for: path) : nil
        do throws(SigningKeyError) {
            return try PrivateKey(pem: bytes, passphrase: secret)
        } catch {
            throw named(path, error)
        }
    }

    /// The public half of the key in a file of either kind.
    static func anyKey(_ path: [UInt8], _ passphrase: Passphrase) throws(Trouble) -> (PublicKey, isPrivate: Bool) {
        var bytes = try read(path)
        defer { wipe(&bytes) }
        do throws(SigningKeyError) {
            return (try PublicKey(pem: bytes), false)
        } catch {
            guard case .privateKeyGivenAsPublic = error else { throw named(path, error) }
        }
        return (try privateKey(path, passphrase).publicKey, true)
    }

    private static func read(_ path: [UInt8]) throws(Trouble) -> [UInt8] {
        do throws(DescriptorError) {
            return try BoundedFile.read(path, ceiling: ceiling)
        } catch {
            throw Trouble(error.description)
        }
    }

    private static func named(_ path: [UInt8], _ error: SigningKeyError) -> Trouble {
        let hints: [String] =
            switch error {
            case .traditionalPrivateKey: ["openssl pkcs8 -topk8 -in OLD -out NEW makes PKCS#8 of it"]
            default: []
            }
        return Trouble("\(escaped(path)): \(escaped(Array(error.description.utf8)).spaced)", hints: hints)
    }
}

extension String {
    /// An escaped sentence with its spaces back.
    var spaced: String {
        var text = ""
        var rest = self[...]
        while let character = rest.popFirst() {
            if character == "%", rest.hasPrefix("20") {
                rest.removeFirst(2)
                text.append(" ")
            } else {
                text.append(character)
            }
        }
        return text
    }
}
