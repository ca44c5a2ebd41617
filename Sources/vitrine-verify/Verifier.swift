import Attestations
import BuildVerification
import DirectorySource
import Encodings
import Glibc
import SigningKeys
import SourceManifest
import VerdictReports
import Verification

/// The whole of the program: read the evidence, judge it, read the source, judge it, say so.
enum Verifier {
    /// Why we could not look.
    private struct Trouble: Error {
        let message: String
    }

    private static let couldNotLook: Int32 = 2
    private static let keyCeiling = 64 << 10

    /// Does what the arguments ask and returns the exit status; 0 only for a verdict that passed and was written.
    static func run(_ arguments: [[UInt8]]) -> Int32 {
        do throws(Arguments.Misuse) {
            let arguments = try Arguments(arguments)
            if arguments.asksForHelp { return Output.write(Arguments.usage) ? 0 : couldNotLook }
            if arguments.asksForVersion {
                return Output.write("vitrine-verify \(ToolVersion.current)\n") ? 0 : couldNotLook
            }
            return run(arguments)
        } catch {
            Output.complain("\(error.message); see --help")
            return couldNotLook
        }
    }

    private static func run(_ arguments: Arguments) -> Int32 {
        let verdict: Verdict
        do throws(Trouble) {
            verdict = try judge(arguments)
        } catch {
            Output.complain(error.message)
            return couldNotLook
        }
        let level: VerdictReport.Level = arguments.isQuiet ? .quiet : arguments.isVerbose ? .verbose : .normal
        let isWritten =
            arguments.writesJSON
            ? Output.write(verdict.json.compact + [UInt8(ascii: "\n")])
            : Output.write(VerdictReport(verdict, level).text)
        return isWritten ? verdict.outcome.exitStatus : couldNotLook
    }

    private static func judge(_ arguments: Arguments) throws(Trouble) -> Verdict {
        guard let directory = arguments.evidence, let source = arguments.source else {
            throw Trouble(message: "no evidence directory, or no source")
        }
        guard let now = Timestamp(seconds: Int64(time(nil))) else {
            throw Trouble(message: "the clock is before 1970 or after 9999")
        }
        let policy = try policy(arguments)
        let judged = EvidenceJudge(try evidence(directory, arguments.secret), policy: policy, at: now)
        let build = try arguments.build.isEmpty ? nil : self.build(arguments.build, judged, at: now)
        var options = ReadingOptions()
        options.submodulePaths = Set(judged.resolvedSubmodules.map(\.path.bytes))
        do throws(DirectoryReadingError) {
            let reading = try DirectorySource.read(source, options)
            return Judge(judged, [reading], build: build, adviser: DifferenceAdvice.adviser).verdict
        } catch {
            throw Trouble(message: error.description)
        }
    }

    private static func policy(_ arguments: Arguments) throws(Trouble) -> Policy {
        if let path = arguments.policy {
            let bytes = try read(path, ceiling: Policy.maximumByteCount)
            do throws(MalformedPolicy) {
                return try Policy(parsing: bytes)
            } catch {
                throw Trouble(message: "\(escaped(path)): \(ASCII.escape(error.description))")
            }
        }
        let keys = try keys(arguments.trust)
        let rebuilders = try arguments.rebuilders.isEmpty ? keys : self.keys(arguments.rebuilders)
        let quorum = BuildDemands.Quorum(keys: rebuilders, threshold: arguments.rebuilderThreshold ?? 1)
        return Policy(keys: keys, threshold: arguments.threshold ?? 1, build: BuildDemands(rebuilders: quorum))
    }

    private static func keys(_ paths: [[UInt8]]) throws(Trouble) -> [Policy.TrustedKey] {
        var keys: [Policy.TrustedKey] = []
        for path in paths {
            let bytes = try read(path, ceiling: keyCeiling)
            do throws(SigningKeyError) {
                keys.append(Policy.TrustedKey(name: Text(escaped(path)), key: try PublicKey(pem: bytes)))
            } catch {
                throw Trouble(message: "\(escaped(path)): \(ASCII.escape(error.description))")
            }
        }
        do throws(TrustedKeyClash) {
            try TrustedKeyClash.check(keys)
        } catch {
            throw Trouble(message: error.description)
        }
        return keys
    }

    private static func build(
        _ paths: [[UInt8]],
        _ judged: EvidenceJudge,
        at now: Timestamp
    ) throws(Trouble) -> RebuildJudge {
        do throws(ShippedFilesError) {
            return RebuildJudge(judged, shipped: try ShippedFiles.read(paths), at: now)
        } catch {
            throw Trouble(message: error.description)
        }
    }

    private static func evidence(_ path: [UInt8], _ secretPath: [UInt8]?) throws(Trouble) -> Evidence {
        do throws(DescriptorError) {
            let files = try EvidenceDirectory(reading: path)
            return Evidence(
                manifest: files.manifest,
                attestations: files.attestations,
                secret: try secret(beside: path, named: secretPath, for: files.manifest)
            )
        } catch {
            throw Trouble(message: error.description)
        }
    }

    /// The secret file that was named, or the one beside the evidence when the manifest is blinded.
    private static func secret(
        beside directory: [UInt8],
        named path: [UInt8]?,
        for manifest: [UInt8]?
    ) throws(DescriptorError) -> [UInt8]? {
        if let path { return try BoundedFile.read(path, ceiling: SecretFile.maximumByteCount) }
        guard let manifest, manifest.starts(with: BlindedManifest.header) else { return nil }
        var beside = directory
        while beside.count > 1, beside.last == UInt8(ascii: "/") { beside.removeLast() }
        do throws(DescriptorError) {
            return try BoundedFile.read(beside + ".secret".utf8, ceiling: SecretFile.maximumByteCount)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    private static func read(_ path: [UInt8], ceiling: Int) throws(Trouble) -> [UInt8] {
        do throws(DescriptorError) {
            return try BoundedFile.read(path, ceiling: ceiling)
        } catch {
            throw Trouble(message: error.description)
        }
    }

    private static func escaped(_ path: [UInt8]) -> String {
        String(decoding: TreePath.escape(path), as: UTF8.self)
    }
}
