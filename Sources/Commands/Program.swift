#if Commands
import ArgumentParser
import Encodings
import Verification

/// The program `vitrine`, from its arguments to its exit status.
package enum Program {
    /// Does what the arguments of this process ask; 0 only where all of it was done and could be said.
    package static func run() -> Int32 {
        Interruption.prepare()
        let status = run(RawArgument.ofProcess().map(RawArgument.string))
        guard Console.finish() || status.code != 0 else {
            Console.say("cannot write to standard output: \(Descriptor.lastReason)")
            return ExitStatus.couldNotLook.code
        }
        return status.code
    }

    private static func run(_ arguments: [String]) -> ExitStatus {
        // Not ArgumentParser's own: it would take the `--version` of `seal` for its own where another option is wrong.
        if arguments == ["--version"] { return say("vitrine \(ToolVersion.current)\n") }
        var command: any ParsableCommand
        do {
            command = try Vitrine.parseAsRoot(arguments)
        } catch {
            return answer(error)
        }
        if let verb = command as? any Verb { return run(verb) }
        guard !(command is Vitrine), !(command is KeyCommand) else {
            Console.sayLines(Vitrine.helpMessage(for: type(of: command)))
            return .couldNotLook
        }
        do {
            // ArgumentParser's own command for help; what it says, it throws.
            try command.run()
            return .couldNotLook
        } catch {
            return answer(error)
        }
    }

    private static func run(_ verb: any Verb) -> ExitStatus {
        do {
            return try verb.run()
        } catch let refused as RefusedByFindings {
            FindingLines.say(refused.findings)
            Console.say(refused.message)
            // What is only missing may be there elsewhere: that is no refusal of what was seen.
            return refused.findings.contains { $0.effect == .fails } ? .failed : .inconclusive
        } catch {
            let trouble = Trouble(describing: error)
            Console.say(trouble)
            return trouble.status
        }
    }

    /// What ArgumentParser throws: help, the version or a completion script, which were asked for, or a misuse.
    private static func answer(_ error: any Error) -> ExitStatus {
        let message = Vitrine.fullMessage(for: error)
        guard Vitrine.exitCode(for: error).isSuccess else {
            let prefix = "Error: "
            guard message.hasPrefix(prefix) else {
                Console.sayLines(message)
                return .couldNotLook
            }
            var lines = message.dropFirst(prefix.count).split(separator: "\n", omittingEmptySubsequences: false)
            var first = lines.removeFirst()
            if first.hasSuffix(".") { first.removeLast() }
            Console.say(first.prefix(1).lowercased() + first.dropFirst())
            if !lines.isEmpty { Console.sayLines(lines.joined(separator: "\n")) }
            return .couldNotLook
        }
        return say(message + "\n")
    }

    private static func say(_ text: String) -> ExitStatus {
        do throws(Trouble) {
            try Console.write(text)
            return .done
        } catch {
            Console.say(error)
            return .couldNotLook
        }
    }
}

/// A command that does something.
protocol Verb: ParsableCommand {
    /// Does it.
    func run() throws -> ExitStatus
}

/// The command that all verbs belong to.
struct Vitrine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vitrine",
        abstract: "Seals source code and verifies that what is read is what was sealed.",
        discussion: """
            Example:
              vitrine key new --out release
              vitrine seal . --product demo --version 1.0 --key release.key.pem
              vitrine verify manifests/demo/1.0 --source . --trust release.pub.pem

            Exit status: 0 passed or done, 1 failed or refused, 2 could not look, 3 inconclusive.
            Version: vitrine --version
            Shell completions: vitrine --generate-completion-script bash|zsh|fish
            No command opens a network connection.
            """,
        subcommands: [
            KeyCommand.self, ManifestCommand.self, RootCommand.self, SealCommand.self, VerifyCommand.self,
            DiscloseCommand.self, VerifyDisclosureCommand.self, DeltaCommand.self, WaiveCommand.self,
            BuildCommand.self, RebuildCommand.self, CompareCommand.self,
        ]
    )
}

/// A path on the command line, as bytes.
struct PathArgument: ExpressibleByArgument {
    let bytes: [UInt8]

    init?(argument: String) {
        bytes = RawArgument.bytes(argument)
        guard !bytes.isEmpty else { return nil }
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var defaultValueDescription: String { escaped(bytes) }

    static let defaultCompletionKind = CompletionKind.file()
}
#endif
