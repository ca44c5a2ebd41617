#if Commands
import ArgumentParser

/// Which reading of a source is asked for.
struct ReadingFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp("The revision of a git repository; its HEAD commit without it.", valueName: "rev"),
        transform: RawArgument.bytes
    )
    var rev: [UInt8]?

    @Flag(help: "Read the files of a directory on disk.")
    var directory = false

    @Flag(help: "Read objects through libgit2, with its SHA-1 collision detection.")
    var paranoid = false

    func validate() throws {
        if rev != nil, directory { throw ValidationError("--rev and --directory exclude each other.") }
        if let rev, rev.isEmpty { throw ValidationError("--rev is empty.") }
    }

    /// What a command that reads one source reads.
    var request: SourceRequest {
        if directory { return .directory }
        return .commit(revision: rev ?? Array("HEAD".utf8))
    }
}
#endif
