/// The command line, as bytes.
struct Arguments {
    /// Why the command line is not understood.
    struct Misuse: Error {
        let message: String
    }

    static let usage = """
        usage: vitrine-verify EVIDENCE-DIR --source DIR (--trust PUB.pem ... [--threshold K] | --policy FILE)
                              [--build SHIPPED ... [--rebuilder PUB.pem ... [--rebuilder-threshold K]]]
                              [--secret FILE] [--json] [--quiet | --verbose]

        Judges whether the files in DIR are exactly what was sealed, and with --build whether a shipped build was
        reproduced from them.

          --source DIR      the source to judge, a directory; a .git at its top is left out
          --trust PUB.pem   a public key you trust, once for each
          --threshold K     how many distinct trusted keys must have signed; 1 without it
          --policy FILE     a policy in the place of --trust and --threshold
          --build SHIPPED   a shipped file, or a directory of them, once for each
          --rebuilder PUB.pem
                            the key of a rebuilder you trust, once for each; without it the keys of --trust that did
                            not seal
          --rebuilder-threshold K
                            how many rebuilders must have reproduced it; 1 without it
          --secret FILE     the secret of confidential evidence; EVIDENCE-DIR.secret without it
          --json            one JSON object on standard output
          --quiet           the verdict alone
          --verbose         all evidence and all findings
          --help, --version

        example: vitrine-verify manifests/boot/1.2 --source boot-1.2 --trust vendor.pub.pem

        exit status: 0 passed, 1 failed, 2 could not look, 3 inconclusive

        """

    private(set) var evidence: [UInt8]?
    private(set) var source: [UInt8]?
    private(set) var trust: [[UInt8]] = []
    private(set) var threshold: Int?
    private(set) var build: [[UInt8]] = []
    private(set) var rebuilders: [[UInt8]] = []
    private(set) var rebuilderThreshold: Int?
    private(set) var policy: [UInt8]?
    private(set) var secret: [UInt8]?
    private(set) var writesJSON = false
    private(set) var isQuiet = false
    private(set) var isVerbose = false
    private(set) var asksForHelp = false
    private(set) var asksForVersion = false

    /// The arguments of this process without its name.
    static func ofProcess() -> [[UInt8]] {
        var arguments: [[UInt8]] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { break }
            var bytes: [UInt8] = []
            var place = 0
            while unsafe argument[place] != 0 {
                bytes.append(UInt8(bitPattern: unsafe argument[place]))
                place += 1
            }
            arguments.append(bytes)
        }
        return arguments
    }

    /// Reads the command line.
    init(_ arguments: [[UInt8]]) throws(Misuse) {
        var rest = arguments[...]
        var optionsEnded = false
        while let argument = rest.popFirst() {
            if optionsEnded || argument.first != UInt8(ascii: "-") {
                guard evidence == nil else { throw Misuse(message: "more than one evidence directory") }
                evidence = argument
            } else if argument == Array("--".utf8) {
                optionsEnded = true
            } else {
                try readOption(argument, &rest)
            }
        }
        if !asksForHelp && !asksForVersion { try check() }
    }

    private mutating func readOption(_ argument: [UInt8], _ rest: inout ArraySlice<[UInt8]>) throws(Misuse) {
        let parts = argument.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(decoding: parts[0], as: UTF8.self)
        func value() throws(Misuse) -> [UInt8] {
            if parts.count == 2 { return Array(parts[1]) }
            guard let value = rest.popFirst() else { throw Misuse(message: "\(name) needs a value") }
            return value
        }
        func once(_ earlier: [UInt8]?) throws(Misuse) -> [UInt8] {
            guard earlier == nil else { throw Misuse(message: "\(name) is given twice") }
            return try value()
        }
        switch name {
        case "--source": source = try once(source)
        case "--trust": trust.append(try value())
        case "--policy": policy = try once(policy)
        case "--secret": secret = try once(secret)
        case "--build": build.append(try value())
        case "--rebuilder": rebuilders.append(try value())
        case "--threshold": threshold = try Arguments.count(threshold, name, try value())
        case "--rebuilder-threshold":
            rebuilderThreshold = try Arguments.count(rebuilderThreshold, name, try value())
        default: try readFlag(name, hasValue: parts.count == 2)
        }
    }

    private static func count(_ earlier: Int?, _ name: String, _ value: [UInt8]) throws(Misuse) -> Int {
        guard earlier == nil else { throw Misuse(message: "\(name) is given twice") }
        let text = String(decoding: value, as: UTF8.self)
        guard let number = Int(text), (1...32).contains(number), String(number) == text else {
            throw Misuse(message: "\(name) needs a number from 1 to 32")
        }
        return number
    }

    private mutating func readFlag(_ name: String, hasValue: Bool) throws(Misuse) {
        switch name {
        case _ where hasValue: throw Misuse(message: "an option that is not known, or takes no value")
        case "--json": writesJSON = true
        case "--quiet", "-q": isQuiet = true
        case "--verbose", "-v": isVerbose = true
        case "--help", "-h": asksForHelp = true
        case "--version": asksForVersion = true
        default: throw Misuse(message: "an option that is not known")
        }
    }

    private func check() throws(Misuse) {
        if evidence == nil { throw Misuse(message: "no evidence directory") }
        if source == nil { throw Misuse(message: "no --source") }
        if trust.isEmpty == (policy == nil) { throw Misuse(message: "either --trust or --policy is needed") }
        if policy != nil, threshold != nil { throw Misuse(message: "--threshold belongs to --trust") }
        let namesRebuilders = !rebuilders.isEmpty || rebuilderThreshold != nil
        if policy != nil, namesRebuilders { throw Misuse(message: "--rebuilder belongs to --trust") }
        if build.isEmpty, namesRebuilders { throw Misuse(message: "--rebuilder belongs to --build") }
        if trust.count > 32 || rebuilders.count > 32 { throw Misuse(message: "more than 32 keys") }
        if isQuiet, isVerbose { throw Misuse(message: "--quiet and --verbose together") }
    }
}
