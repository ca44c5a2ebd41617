import Foundation

/// A program run to its end in a test.
package struct Command: Sendable {
    /// The exit status; the number of the signal plus 128 where one ended the program.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: [UInt8]
    /// What it wrote to standard error, as text.
    package let errors: String

    /// Standard output as text without the last line end.
    package var text: String {
        var text = String(decoding: output, as: UTF8.self)
        if text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    /// The path of a program in `PATH`; nil where there is none.
    package static func find(_ name: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs the program `name` of `PATH` with `arguments`, in `directory` where one is given, on the bytes `input`.
    package static func run(
        _ name: String,
        _ arguments: [String],
        in directory: String? = nil,
        environment: [String: String]? = nil,
        input: [UInt8]? = nil
    ) throws -> Command {
        guard let path = find(name) else { throw CommandNotFound(name: name) }
        return try TemporaryDirectory.with { scratch in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
            if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
            if let environment { process.environment = environment }
            // Files, not pipes: a full pipe would stop the program.
            if let input {
                try TestFile.write(input, to: scratch + "/in")
                process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: scratch + "/in"))
            } else {
                process.standardInput = FileHandle.nullDevice
            }
            process.standardOutput = try writable(scratch + "/out")
            process.standardError = try writable(scratch + "/err")
            try process.run()
            process.waitUntilExit()
            let signalled = process.terminationReason == .uncaughtSignal
            return Command(
                status: process.terminationStatus + (signalled ? 128 : 0),
                output: try TestFile.read(scratch + "/out"),
                errors: String(decoding: try TestFile.read(scratch + "/err"), as: UTF8.self)
            )
        }
    }

    private static func writable(_ path: String) throws -> FileHandle {
        try TestFile.write([], to: path)
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
}

/// There is no such program in `PATH`.
package struct CommandNotFound: Error {
    /// The name looked for.
    package let name: String
}
