#if DEBUG  // Looks inside modules, which only a debug build lets it do.
import Encodings

/// One parser under fuzzing.
///
/// `body` must return for every input, and says whether the parser accepted it. Where it did, `body` also checks that
/// writing the value gives the input back: one spelling per value. A broken promise stops the process, which is what
/// the fuzzer looks for.
package struct FuzzTarget: Sendable {
    /// The name of the target and of its folder below `Tests/Corpora`.
    package let name: String
    package let body: @Sendable ([UInt8]) -> Bool

    package init(_ name: String, _ body: @escaping @Sendable ([UInt8]) -> Bool) {
        self.name = name
        self.body = body
    }

    /// Every parser that reads bytes from outside.
    ///
    /// A new parser is added here, and one accepted input to its corpus.
    package static let all =
        encodings + manifests + attestations + builds + keys + gitObjects + gitFiles + workerFrames + layouts
        + containers
        + archiveFrames + sandboxes

    private static let encodings: [FuzzTarget] = [
        FuzzTarget("json") { bytes in
            guard let value = try? JSON(parsing: bytes) else { return false }
            var written: [UInt8] = []
            value.append(to: &written)
            // White space between tokens is not kept, so the second round is the one that must agree.
            promise((try? JSON(parsing: written)) == value)
            return true
        },
        FuzzTarget("base64") { bytes in
            guard let decoded = Base64.decode(bytes) else { return false }
            promise(Array(Base64.encode(decoded).utf8) == bytes)
            return true
        },
        FuzzTarget("hex") { bytes in
            guard let decoded = Hex.decode(bytes) else { return false }
            promise(Array(Hex.encode(decoded).utf8) == bytes)
            return true
        },
        FuzzTarget("tree-path") { bytes in
            guard let path = try? TreePath(escaped: bytes) else { return false }
            promise(path.escaped.utf8.elementsEqual(bytes))
            return true
        },
    ]
}

/// Stops the process where a parser's promise is broken.
package func promise(_ holds: Bool, line: UInt = #line) {
    precondition(holds, "line \(line): what was accepted is not what would be written")
}
#endif
