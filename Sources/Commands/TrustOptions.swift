#if Commands
import ArgumentParser
import Attestations
import DirectorySource
import Encodings
import SigningKeys
import SourceManifest
import Verification

/// What the reader believes: keys they brought, or a policy file.
struct TrustOptions: ParsableArguments {
    private static let maximumKeyCount = Policy.maximumKeyCount

    @Option(help: ArgumentHelp("A public key you trust; once for each.", valueName: "pub.pem"))
    var trust: [PathArgument] = []

    @Option(help: ArgumentHelp("How many distinct trusted keys must have signed; 1 without it.", valueName: "k"))
    var threshold: Int?

    @Option(help: ArgumentHelp("A policy file in the place of --trust and --threshold.", valueName: "file"))
    var policy: PathArgument?

    func validate() throws {
        if trust.isEmpty == (policy == nil) { throw ValidationError("Either --trust or --policy is needed.") }
        if policy != nil, threshold != nil { throw ValidationError("--threshold belongs to --trust.") }
        if trust.count > TrustOptions.maximumKeyCount {
            throw ValidationError("More than \(TrustOptions.maximumKeyCount) keys are trusted.")
        }
        if let threshold, threshold < 1 { throw ValidationError("--threshold is at least 1.") }
    }

    /// Reads the keys or the file; a threshold that cannot be met is a mistake of the command.
    ///
    /// `rebuilders` is given by commands that judge a build; with a policy file it must say nothing.
    func read(_ rebuilders: RebuilderOptions? = nil) throws(Trouble) -> Policy {
        if let policy {
            if rebuilders?.isGiven == true {
                throw Trouble("--rebuilder and --rebuilder-threshold belong to --trust; a policy names its rebuilders")
            }
            return try PolicyFile.read(policy.bytes)
        }
        var keys: [Policy.TrustedKey] = []
        for path in trust {
            keys.append(Policy.TrustedKey(name: Text(escaped(path.bytes)), key: try KeyFiles.publicKey(path.bytes)))
        }
        do throws(TrustedKeyClash) { try TrustedKeyClash.check(keys) } catch { throw Trouble(error.description) }
        let build = try rebuilders?.read(trusted: keys) ?? BuildDemands()
        let policy = Policy(keys: keys, threshold: threshold ?? 1, build: build)
        guard policy.threshold <= policy.keys.count else {
            let keys = policy.keys.count == 1 ? "1 key" : "\(policy.keys.count) distinct keys"
            throw Trouble("--threshold \(policy.threshold) cannot be met by \(keys)")
        }
        return policy
    }
}

/// How a verdict is told.
struct VerdictOptions: ParsableArguments {
    @Flag(help: "One JSON object on standard output.")
    var json = false

    @Flag(name: .shortAndLong, help: "The verdict alone.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "All evidence and all findings.")
    var verbose = false

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
    }

    /// How much a report tells.
    var level: VerdictReport.Level { quiet ? .quiet : verbose ? .verbose : .normal }

    /// Writes a verdict and gives its exit status.
    func write(_ verdict: Verdict) throws(Trouble) -> ExitStatus {
        if json {
            try Console.write(verdict.json.compact + [UInt8(ascii: "\n")])
        } else {
            try Console.write(VerdictText.coloured(VerdictReport(verdict, level).text, verdict.outcome))
        }
        return ExitStatus(verdict.outcome)
    }
}
#endif
