#if Commands
import ArgumentParser
import BuildStatements
import DirectorySource
import Encodings
import Verification

/// Whose rebuilds count, for readers who give keys and no policy.
struct RebuilderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The key of a rebuilder you trust; once for each. Without it the keys of --trust that did not seal.",
            valueName: "pub.pem"
        )
    )
    var rebuilder: [PathArgument] = []

    @Option(help: ArgumentHelp("How many rebuilders must have reproduced it; 1 without it.", valueName: "k"))
    var rebuilderThreshold: Int?

    func validate() throws {
        if rebuilder.count > Policy.maximumKeyCount {
            throw ValidationError("More than \(Policy.maximumKeyCount) rebuilders are trusted.")
        }
        if let rebuilderThreshold, rebuilderThreshold < 1 {
            throw ValidationError("--rebuilder-threshold is at least 1.")
        }
    }

    /// Whether anything of it was given.
    var isGiven: Bool { !rebuilder.isEmpty || rebuilderThreshold != nil }

    /// What is demanded of a build; `trusted` are the keys of the release.
    func read(trusted: [Policy.TrustedKey]) throws(Trouble) -> BuildDemands {
        var keys: [Policy.TrustedKey] = []
        for path in rebuilder {
            keys.append(Policy.TrustedKey(name: Text(escaped(path.bytes)), key: try KeyFiles.publicKey(path.bytes)))
        }
        do throws(TrustedKeyClash) { try TrustedKeyClash.check(keys) } catch { throw Trouble(error.description) }
        let quorum = BuildDemands.Quorum(keys: rebuilder.isEmpty ? trusted : keys, threshold: rebuilderThreshold ?? 1)
        guard quorum.threshold <= quorum.keys.count else {
            throw Trouble(
                "--rebuilder-threshold \(quorum.threshold) cannot be met by \(quorum.keys.count) distinct keys"
            )
        }
        return BuildDemands(rebuilders: quorum)
    }
}

/// The shipped files that a command is about.
enum ShippedBuild {
    /// Reads them, and shows how far it has come.
    static func read(_ paths: [PathArgument]) throws(Trouble) -> [ShippedFile] {
        let progress = ReadingProgress()
        do throws(ShippedFilesError) {
            return try ProgressLine.show(progress) { () throws(ShippedFilesError) in
                try ShippedFiles.read(paths.map(\.bytes), progress)
            }
        } catch {
            throw Trouble(error.description)
        }
    }
}
#endif
