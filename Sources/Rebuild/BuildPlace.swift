import Attestations
package import BuildStatements
import Digests
import DirectorySource
import Encodings
import Glibc
import SourceManifest
import Verification

/// A sealed source written from verified bytes to a private directory, from which it can be built any number of times.
package final class BuildPlace {
    /// The private directory, to be removed when the process is interrupted.
    package let workPlace: WorkPlace
    /// The source as it was written.
    package let source: SealedSource
    private let user: SandboxPlan.OutsideUser?
    private let states: States
    private let remember: (WorkPlace) -> Void
    /// Where toolchains were copied to.
    private var copies: [WorkPlace] = []
    private var runCount = 0

    /// What a build sees of the private directory, as the file system kept it when it was written.
    private struct States {
        let source: TreeState
        let accounts: TreeState

        init(_ place: WorkPlace) throws {
            source = try TreeState(place.path(of: "source"))
            accounts = try TreeState(place.path(of: "accounts"))
        }
    }

    /// Writes the source; `remember` gets every private directory before anything is in it.
    package init(_ source: SealedSource, remember: @escaping (WorkPlace) -> Void = { _ in }) throws {
        self.remember = remember
        user = SandboxUser.next()
        workPlace = try WorkPlace(for: user)
        remember(workPlace)
        let path = workPlace.path(of: "source")
        try source.write(beneath: try workPlace.makeDirectory("source"))
        self.source = SealedSource(manifest: source.manifest, place: .directory(path), epoch: source.epoch)
        try BuildPlace.writeAccounts(in: workPlace)
        states = try States(workPlace)
    }

    /// The private directories.
    package var paths: [[UInt8]] { [workPlace.path] + copies.map(\.path) }

    /// Finds and checks a toolchain; Debian packages are copied, and a build sees the copies.
    package func prepare(_ toolchain: BuildDefinition.Toolchain) throws -> PreparedToolchain {
        try PreparedToolchain(toolchain) { size in
            let place = try WorkPlace(for: user, memoryFor: size)
            remember(place)
            copies.append(place)
            guard !place.forbidsPrograms else {
                let path = ASCII.escape(place.path, limit: 4096)
                throw ToolchainRefused("\(path): no program can be run there (noexec); set TMPDIR to another directory")
            }
            _ = try place.makeDirectory("toolchain")
            return place.path(of: "toolchain")
        }
    }

    /// The bytes of the build definition in the source; nil where it has none.
    ///
    /// They are hashed once more, and are those of the manifest.
    package func sealedDefinition() throws -> [UInt8]? {
        let path = try TreePath(Array(BuildDefinition.fileName.utf8))
        guard let index = source.manifest.index(of: path) else { return nil }
        let entry = source.manifest.entry(at: index)
        let place = workPlace.path(of: "source/\(BuildDefinition.fileName)")
        let bytes = try BoundedFile.read(place, ceiling: BuildDefinition.maximumByteCount)
        let found = SHA256.digest(of: bytes)
        guard entry.mode != .symbolicLink, found == entry.digest else {
            throw SourceNotWritten.contentDiffers(path: path, recorded: entry.digest, found: found)
        }
        return bytes
    }

    /// The names of the one user inside.
    private static func writeAccounts(in workPlace: WorkPlace) throws {
        let directory = try workPlace.makeDirectory("accounts")
        let accounts = [
            ("passwd", "root:x:0:0:root:/nonexistent:/bin/sh\nbuild:x:1000:1000:build:/build:/bin/sh\n"),
            ("group", "root:x:0:\nbuild:x:1000:\n"),
        ]
        for (name, text) in accounts {
            let file = try directory.create(Array(name.utf8), mode: 0o644)
            try unsafe file.write(Array(text.utf8).span.bytes)
            guard fchmod(file.number, 0o644) == 0 else { throw BuildFileError("set the mode of", Array(name.utf8)) }
        }
    }
}

/// What one build gave, after everything that was to be checked about it was checked.
package struct BuildResult: Sendable {
    /// How the commands ended.
    package let ending: BuildEnding
    /// What was made.
    package let outputs: [BuiltOutput]
    /// What outputs are not there, or cannot be taken.
    package let faults: [String]
    /// The log.
    package let log: RebuildRecord.Content
    /// How many bytes of the log were dropped.
    package let droppedLogCount: UInt64
    /// What the build opened, where that was traced.
    package let trace: TraceReport?
    /// What was not as before when the build was over: the source, or the toolchain.
    package let changes: [String]
    /// The settings of the sandbox.
    package let settings: [(name: String, value: String)]

    /// Why nothing can be compared; nil where every output was made.
    package var failure: String? {
        if ending != .finished { return ending.description }
        return faults.isEmpty ? nil : faults.prefix(10).joined(separator: "; ")
    }

    /// Why it is not known whether this came of the sealed source alone; nil where nothing says so.
    package var doubt: String? {
        if let change = changes.first { return change }
        if let gap = trace?.gap { return "the trace does not tell everything: \(gap)" }
        guard let first = trace?.unexplained.first, let count = trace?.unexplained.count else { return nil }
        return "\(count) unexplained input, first \(ASCII.escape(first.path, limit: 512))"
    }
}

extension BuildPlace {
    /// Builds once, in a fresh sandbox, and copies log and outputs into `target`, an existing directory.
    package func build(
        _ definition: BuildDefinition,
        _ toolchain: PreparedToolchain,
        _ declared: BuildDefinition.Toolchain,
        into target: [UInt8],
        surroundings: SandboxPlan.Surroundings = .init(),
        isTraced: Bool = false
    ) throws -> BuildResult {
        runCount += 1
        let epoch = definition.sourceDateEpoch.map { Int64(clamping: $0) } ?? source.epoch
        let plan = plan(definition, toolchain, declared, surroundings, epoch: epoch, isTraced: isTraced)
        let directory = try TreeDescriptor.directory(target)
        let trace = try plan.trace.map { path in
            try TraceReader(path, for: user, TraceEvents(buildPath: surroundings.buildPath))
        }
        let source = SealedSource(manifest: source.manifest, place: source.place, epoch: epoch)
        let finished = try Sandbox.run(
            plan,
            as: user,
            log: try directory.create(Array("build.log".utf8), mode: 0o644),
            trace: trace
        ) { root in
            try source.write(beneath: root, reversed: surroundings.isReversed)
        }
        var outputs = BuildOutputs(
            into: try BuildPlace.outputs(in: directory),
            ceiling: definition.limits.diskBytes,
            seconds: definition.limits.wallSeconds
        )
        try outputs.copy(definition.outputs, from: finished.directory)
        return BuildResult(
            ending: finished.ending,
            outputs: outputs.files,
            faults: outputs.faults,
            log: .init(digest: finished.log.digest, size: finished.log.size),
            droppedLogCount: finished.log.droppedCount,
            trace: finished.events.map {
                TraceReport(
                    $0,
                    source.manifest,
                    toolchain,
                    buildPath: surroundings.buildPath,
                    source: workPlace.path(of: "source")
                )
            },
            changes: try changes(toolchain, declared),
            settings: plan.settings
        )
    }

    private static func outputs(in directory: borrowing TreeDescriptor) throws -> TreeDescriptor {
        let name = Array("outputs".utf8)
        try directory.makeDirectory(name)
        return try directory.open(name, O_RDONLY | O_DIRECTORY, links: .refused)
    }

    private func plan(
        _ definition: BuildDefinition,
        _ toolchain: PreparedToolchain,
        _ declared: BuildDefinition.Toolchain,
        _ surroundings: SandboxPlan.Surroundings,
        epoch: Int64,
        isTraced: Bool
    ) -> SandboxPlan {
        SandboxPlan(
            mounts: toolchain.mounts,
            links: toolchain.links,
            source: workPlace.path(of: "source"),
            sourceIdentity: states.source.identity,
            accounts: toolchain.needsAccounts ? workPlace.path(of: "accounts") : nil,
            definition: definition,
            toolchainEnvironment: declared.environment,
            epoch: epoch,
            surroundings: surroundings,
            trace: isTraced ? workPlace.path(of: "trace-\(runCount)") : nil
        )
    }

    /// Looks at the source and at the toolchain once more.
    private func changes(_ toolchain: PreparedToolchain, _ declared: BuildDefinition.Toolchain) throws -> [String] {
        var changes: [String] = []
        let reading = try DirectorySource.read(workPlace.path(of: "source"))
        // Equal contents are not enough: a file can be swapped and put back.
        let states = try? States(workPlace)
        if reading.manifest != source.manifest || states?.source != self.states.source {
            changes.append("the source was changed while it was built")
        }
        if states?.accounts != self.states.accounts {
            changes.append("the names of users were changed while it was built")
        }
        if !toolchain.isUnchanged(declared) {
            changes.append("the toolchain was changed while it was used")
        }
        return changes
    }
}
