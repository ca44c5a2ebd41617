import Glibc

// How this program talks, after the rules of age's: results go to standard output, messages to standard error.
// A message is one line in lower case, without a full stop, behind `vitrine: `. Hints are lines of their own.
// Nothing but progress and the verdict word depends on whether a person or a program reads along.

/// Standard output and standard error.
enum Console {
    /// Writes all of `bytes` to standard output; a write that fails ends the command.
    static func write(_ bytes: [UInt8]) throws(Trouble) {
        try write(bytes.span)
    }

    /// Writes all of `text` to standard output; a write that fails ends the command.
    static func write(_ text: String) throws(Trouble) {
        try write(Array(text.utf8).span)
    }

    /// Writes all of `bytes` to standard output; a write that fails ends the command.
    static func write(_ bytes: Span<UInt8>) throws(Trouble) {
        guard Descriptor.write(bytes, to: STDOUT_FILENO) else {
            throw Trouble("cannot write to standard output: \(Descriptor.lastReason)")
        }
    }

    /// Says something about the work, in one line.
    static func say(_ message: String) {
        // Where this cannot be written there is nowhere left to say so; the exit status does not depend on it.
        _ = Descriptor.write(Array("vitrine: \(printable(message))\n".utf8).span, to: STDERR_FILENO)
    }

    /// Says what went wrong, and what may help.
    static func say(_ trouble: Trouble) {
        say(trouble.message)
        for hint in trouble.hints {
            say("hint: \(hint)")
        }
    }

    /// Writes text that may have several lines to standard error.
    static func sayLines(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
        _ = Descriptor.write(Array((lines.joined(separator: "\n") + "\n").utf8).span, to: STDERR_FILENO)
    }

    /// Closes standard output, where some file systems tell of a failed write only now.
    static func finish() -> Bool {
        close(STDOUT_FILENO) == 0
    }

    /// Whether messages go to a person.
    static var hasTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether results may carry colour: a terminal that knows it, and nobody who asked for none (no-color.org).
    static var hasColour: Bool {
        isatty(STDOUT_FILENO) == 1 && (Environment["NO_COLOR"] ?? []).isEmpty
            && Environment["TERM"] != Array("dumb".utf8)
    }

    /// Whatever is not printable ASCII becomes `?`: untrusted parts are escaped before they get here.
    private static func printable(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

/// The environment, as bytes.
enum Environment {
    /// The value of a variable; nil where it is not set.
    static subscript(_ name: String) -> [UInt8]? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe (0..<strlen(value)).map { UInt8(bitPattern: unsafe value[$0]) }
    }
}
