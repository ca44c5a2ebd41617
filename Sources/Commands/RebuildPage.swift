import Attestations
import Encodings
import Rebuild
import ReportPages
import Verification

/// The page about a rebuild.
enum RebuildPage {
    /// The most files that are listed of each kind.
    private static let maximumFileCount = 5000

    /// The page as UTF-8; `grades` are those that pass.
    static func bytes(_ verdict: Verdict, _ rebuilding: Rebuilding, grades: Set<Grade>) -> [UInt8] {
        ReportPage(
            title: verdict.release?.product.string ?? "rebuild",
            release: verdict.release,
            verdict: verdict,
            passingGrades: grades,
            items: rebuilding.items,
            definition: rebuilding.definitionDigest,
            observations: observations(rebuilding),
            command: ["vitrine", "rebuild"] + RawArgument.ofProcess().dropFirst().map { escaped($0) }
        ).bytes
    }

    private static func observations(_ rebuilding: Rebuilding) -> BuildObservations {
        guard let trace = rebuilding.trace else { return BuildObservations(variations: rebuilding.variations) }
        // What nothing explains is never what is left out.
        let files = trace.unexplained + trace.files.filter { $0.origin != .unexplained }
        let listed = files.prefix(max(maximumFileCount, trace.unexplained.count))
        let never = trace.neverOpened.prefix(maximumFileCount)
        return BuildObservations(
            openedFiles: listed.map(opened),
            networkAttempts: trace.networkAttempts.map { ASCII.escape($0) },
            neverOpened: never.map(\.bytes),
            unlistedCount: files.count - listed.count + trace.neverOpened.count - never.count,
            variations: rebuilding.variations
        )
    }

    private static func opened(_ file: TraceReport.File) -> OpenedFile {
        switch file.origin {
        case .sealed: OpenedFile(.sealedSource, path: file.path, digest: file.digest)
        case .produced: OpenedFile(.produced, path: file.path, digest: file.digest)
        case .unexplained: OpenedFile(.unexplained, path: file.path, digest: file.digest)
        case .toolchain(let name, let version):
            OpenedFile(.toolchain, path: file.path, package: "\(name) \(version)", digest: file.digest)
        }
    }
}
