import Foundation

/// Runs one script in a fresh directory, which is removed afterwards.
final class ScriptRunner {
    private struct Output {
        var text: (stdout: String, stderr: String) = ("", "")
        var status: Int32 = 0
    }

    /// What a command line asks for before the command itself.
    private enum Expectation {
        case success
        case anyFailure
        case status(Int32)
    }

    private static let secondsPerCommand = 120

    /// Commands, what they printed and how they ended, for the report of a failure.
    private(set) var transcript = ""

    private let script: Script
    private let root: URL
    private var directory: URL
    private var environment: [String: String]
    private var last = Output()
    private var input: URL?

    init(_ script: Script, programs: URL) throws {
        self.script = script
        root = FileManager.default.temporaryDirectory.appending(path: "vitrine-script-\(UUID().uuidString)")
        directory = root.appending(path: "work")
        let home = root.appending(path: "home")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        environment = [
            "PATH": programs.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"),
            "HOME": home.path,
            "TMPDIR": root.path,
            "LC_ALL": "C",
            "TERM": "dumb",
            "SWIFT_BACKTRACE": "enable=no",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A. Author",
            "GIT_AUTHOR_EMAIL": "author@example.org",
            "GIT_AUTHOR_DATE": "1700000000 +0000",
            "GIT_COMMITTER_NAME": "A. Author",
            "GIT_COMMITTER_EMAIL": "author@example.org",
            "GIT_COMMITTER_DATE": "1700000000 +0000",
        ]
    }

    deinit {
        // What a script made unreadable or read-only must not stay behind.
        _ = try? Self.spawn(["chmod", "-R", "u+rwX", root.path], environment, root, nil, root)
        try? FileManager.default.removeItem(at: root)
    }

    func run() throws {
        for file in script.files {
            let folder = path(file.name).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            _ = try write(file.content, to: file.name, appending: false)
        }
        for command in script.commands {
            transcript += "\(command.line): \(command.words.joined(separator: " "))\n"
            do {
                try run(command.words)
            } catch let failure as Refusal {
                throw ScriptFailure(line: command.line, reason: failure.reason)
            }
        }
    }

    /// Why the command being run did not hold.
    private struct Refusal: Error {
        let reason: String
    }

    private func run(_ words: [String]) throws {
        var words = words[...]
        var expectation = Expectation.success
        if words.first == "!" {
            expectation = .anyFailure
            words.removeFirst()
        } else if words.first == "exit", words.count > 2, let status = Int32(words[1]) {
            expectation = .status(status)
            words.removeFirst(2)
        }
        guard let name = words.popFirst() else {
            throw Refusal(reason: "no command")
        }
        let arguments = Array(words)
        if let outcome = try builtIn(name, arguments) {
            let isExpected = if case .success = expectation { true } else { false }
            if (outcome == nil) != isExpected {
                throw Refusal(reason: outcome ?? "held, and should not have")
            }
        } else {
            try program([name] + arguments, expectation)
        }
    }

    /// Nothing where `name` is a program; otherwise nothing inside where the check held, or the reason why it did not.
    private func builtIn(_ name: String, _ arguments: [String]) throws -> String?? {
        switch (name, arguments.count) {
        case ("stdout", 1): .some(try search(last.text.stdout, arguments[0], "standard output"))
        case ("stderr", 1): .some(try search(last.text.stderr, arguments[0], "standard error"))
        case ("grep", 2): .some(try search(content(arguments[1]), arguments[0], arguments[1]))
        case ("cmp", 2): .some(try content(arguments[0]) == content(arguments[1]) ? nil : "they differ")
        case ("exists", 1): .some(exists(arguments[0]) ? nil : "\(arguments[0]) does not exist")
        case ("mode", 2): .some(mode(of: arguments[1], is: arguments[0]))
        case ("write", 2): .some(try write(arguments[1], to: arguments[0], appending: false))
        case ("append", 2): .some(try write(arguments[1], to: arguments[0], appending: true))
        case ("save", 1): .some(try write(last.text.stdout, to: arguments[0], appending: false))
        case ("env", 2): .some(set(arguments[0], arguments[1]))
        case ("cd", 1): .some(change(to: arguments[0]))
        case ("stdin", 1): .some(feed(arguments[0]))
        default: .none
        }
    }

    // MARK: Checks and small changes

    /// Texts here are bytes: each character is one byte (Latin-1), so that comparing texts compares bytes.
    static func text(_ data: Data) -> String {
        String(String.UnicodeScalarView(data.map { Unicode.Scalar($0) }))
    }

    private func path(_ name: String) -> URL {
        name.hasPrefix("/") ? URL(filePath: name) : directory.appending(path: name)
    }

    private func exists(_ name: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path(name).path)) != nil
    }

    private func content(_ name: String) throws -> String {
        switch name {
        case "stdout": return last.text.stdout
        case "stderr": return last.text.stderr
        default:
            guard let data = try? Data(contentsOf: path(name)) else {
                throw Refusal(reason: "\(name) cannot be read")
            }
            return Self.text(data)
        }
    }

    private func search(_ text: String, _ pattern: String, _ place: String) throws -> String? {
        let pattern = try Regex(pattern).anchorsMatchLineEndings().matchingSemantics(.unicodeScalar)
        return text.contains(pattern) ? nil : "nothing in \(place) matches"
    }

    private func mode(of name: String, is expected: String) -> String? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path(name).path) else {
            return "\(name) does not exist"
        }
        let found = String((attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0, radix: 8)
        return found == expected ? nil : "the mode is \(found)"
    }

    private func write(_ text: String, to name: String, appending: Bool) throws -> String? {
        let old = appending ? try content(name) : ""
        try Data((old + text).unicodeScalars.map { UInt8($0.value) }).write(to: path(name))
        return nil
    }

    private func set(_ name: String, _ value: String) -> String? {
        environment[name] = value
        return nil
    }

    private func change(to name: String) -> String? {
        directory = path(name)
        return exists("") ? nil : "\(name) does not exist"
    }

    private func feed(_ name: String) -> String? {
        input = path(name)
        return exists(name) ? nil : "\(name) does not exist"
    }

    // MARK: Programs

    private func program(_ words: [String], _ expectation: Expectation) throws {
        last = try Self.spawn(words, environment, directory, input, root)
        input = nil
        transcript += last.text.stdout + last.text.stderr + "(status \(last.status))\n"
        switch expectation {
        case .success where last.status != 0:
            throw Refusal(reason: "ended with status \(last.status)")
        case .anyFailure where last.status == 0:
            throw Refusal(reason: "succeeded, and should not have")
        case .status(let expected) where last.status != expected:
            throw Refusal(reason: "ended with status \(last.status), not \(expected)")
        default:
            return
        }
    }

    /// Runs a program found in the script's PATH.
    ///
    /// Its output goes to files, so no pipe can fill up.
    private static func spawn(
        _ words: [String],
        _ environment: [String: String],
        _ directory: URL,
        _ input: URL?,
        _ scratch: URL
    ) throws -> Output {
        let files = ["stdout", "stderr"].map { scratch.appending(path: $0) }
        for file in files {
            try Data().write(to: file)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words.map { word in
            String(decoding: word.unicodeScalars.map { UInt8($0.value) }, as: UTF8.self)
        }
        process.environment = environment
        process.currentDirectoryURL = directory
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        guard ended.wait(timeout: .now() + .seconds(secondsPerCommand)) == .success else {
            process.terminate()
            throw Refusal(reason: "did not end within \(secondsPerCommand) seconds")
        }
        guard process.terminationReason == .exit else {
            throw Refusal(reason: "was killed by signal \(process.terminationStatus)")
        }
        let texts = try files.map { text(try Data(contentsOf: $0)) }
        return Output(text: (texts[0], texts[1]), status: process.terminationStatus)
    }
}
