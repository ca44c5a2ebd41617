import Glibc
import PrivateKeys
import SigningKeys

/// Where the passphrase of a private key comes from.
///
/// A file, the variable VITRINE_PASSPHRASE, or a question on the terminal; never the command line, which other users
/// of the machine can see.
struct Passphrase {
    static let variable = "VITRINE_PASSPHRASE"
    /// Room for one byte too many and a line end, so that what is too long is refused and not cut.
    private static let ceiling = PrivateKey.passphraseLimit + 3

    /// The file that was named.
    let file: [UInt8]?

    /// The passphrase that opens the key at `path`.
    func existing(for path: [UInt8]) throws(Trouble) -> Secret {
        if let given = try given() { return given }
        return try Passphrase.ask("passphrase for \(escaped(path)): ")
    }

    /// The passphrase for a key that is about to be made; a person types it twice.
    func new() throws(Trouble) -> Secret {
        if let given = try given() { return given }
        let first = try Passphrase.ask("new passphrase: ")
        let second = try Passphrase.ask("the same again: ")
        let isSame = first.withBytes { first in
            second.withBytes { second in
                first.count == second.count && first.indices.allSatisfy { first[$0] == second[$0] }
            }
        }
        guard isSame else { throw Trouble("the two passphrases differ") }
        return first
    }

    private func given() throws(Trouble) -> Secret? {
        if let file {
            let descriptor = Descriptor.openForReading(file)
            guard descriptor >= 0 else {
                throw Trouble("cannot open the passphrase file \(escaped(file)): \(Descriptor.lastReason)")
            }
            defer { close(descriptor) }
            guard let content = Descriptor.read(descriptor, ceiling: Passphrase.ceiling) else {
                throw Trouble("cannot read the passphrase file \(escaped(file)): \(Descriptor.lastReason)")
            }
            return try Passphrase.secret(content)
        }
        guard let value = Environment[Passphrase.variable] else { return nil }
        return try Passphrase.secret(value)
    }

    /// Takes one line end off, as editors add one.
    private static func secret(_ content: [UInt8]) throws(Trouble) -> Secret {
        var content = content
        if content.last == UInt8(ascii: "\n") { content.removeLast() }
        if content.last == UInt8(ascii: "\r") { content.removeLast() }
        guard !content.isEmpty else { throw Trouble("the passphrase is empty") }
        return Secret(wiping: &content)
    }

    private static func ask(_ question: String) throws(Trouble) -> Secret {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw Trouble(
                "a passphrase is needed, and there is no terminal to ask for one",
                hints: ["give --passphrase-file FILE, or set \(variable)"]
            )
        }
        let line = Interruption.withoutEcho { () -> [UInt8]? in
            _ = Descriptor.write(Array("vitrine: \(question)".utf8).span, to: STDERR_FILENO)
            var line: [UInt8] = []
            while line.count < ceiling, let next = Descriptor.read(STDIN_FILENO, ceiling: 1), let byte = next.first {
                if byte == UInt8(ascii: "\n") { break }
                line.append(byte)
            }
            _ = Descriptor.write([UInt8(ascii: "\n")].span, to: STDERR_FILENO)
            return line
        }
        guard let line else { throw Trouble("cannot read the passphrase: \(Descriptor.lastReason)") }
        return try secret(line)
    }
}
