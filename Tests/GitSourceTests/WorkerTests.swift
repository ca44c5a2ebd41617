import ChildProcesses
import Digests
import Encodings
import Foundation
import GitWorker
import SourceManifest
import TestSupport
import Testing
import Verification

@testable import GitSource

/// A worker that lies, as `Tests/LyingWorkers/worker.py` does it.
struct LyingWorker {
    /// How a reading with it must end.
    enum Ending: Sendable, Equatable {
        /// The objects are not what their ids say.
        case refused(Finding.Rule)
        /// The worker is.
        case nonsense
        case exited(Int32)
        case killed(Int32)
        case stalled
    }

    let lie: String
    let ending: Ending

    static let all: [LyingWorker] =
        lies(
            .refused(.objectMismatch),
            ["wrong bytes", "bytes of another", "another kind", "one byte more", "one byte less", "another tree"]
                + ["another commit", "a damaged end", "pieces out of order"]
        ) + lies(.refused(.missingObject), ["missing"])
        + lies(
            .nonsense,
            ["objects out of order", "an object twice", "beyond the slot", "beyond the memory", "no such slot"]
                + ["a slot of four thousand million", "a piece too long", "last too early", "the length changes"]
                + ["the kind changes", "a huge length", "neither bytes nor fault", "bytes and fault"]
                + ["an unknown kind", "an unknown fault", "half a piece", "a text beyond the slot", "a text too long"]
                + ["done too early", "another answer", "no known answer", "an empty frame", "an endless frame"]
                + ["a position twice", "a position out of range", "a huge position", "too few positions"]
                + ["too many positions", "no positions", "half a position", "no answer to open", "garbage"]
                + ["no answer to resolve"]
        ) + lies(.exited(0), ["half a frame"]) + lies(.exited(3), ["exit"]) + lies(.killed(SIGKILL), ["killed"])
        + lies(.killed(SIGSEGV), ["crash"]) + lies(.stalled, ["silence", "silence with a closed socket"])

    private static func lies(_ ending: Ending, _ lies: [String]) -> [LyingWorker] {
        lies.map { LyingWorker(lie: $0, ending: ending) }
    }
}

extension LyingWorker: CustomTestStringConvertible {
    var testDescription: String { lie }
}

/// The parent believes no worker: a dead one has a name, and a lying one never gets a reading.
@Suite struct WorkerTests {
    /// The interpreter itself: what `PATH` has may be a script that needs an environment.
    private static let python = try? Command.run("python3", ["-c", "import sys; print(sys.executable)"]).text

    /// Writes the objects of a commit where the lying worker finds them; the program to start as the worker.
    private func executable(_ lie: String, for repository: GitRepository) throws -> [UInt8] {
        let objects = repository.folder + "/objects"
        try FileManager.default.createDirectory(atPath: objects, withIntermediateDirectories: true)
        let listing = try repository.git("cat-file", "--batch-check", "--batch-all-objects")
        for line in listing.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            let content = try repository.git(["cat-file", words[1], words[0]]).output
            try TestFile.write(Array("\(words[1]) ".utf8) + content, to: "\(objects)/\(words[0])")
        }
        try TestFile.write(Array(try repository.git("rev-parse", "HEAD").utf8), to: objects + "/head")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../LyingWorkers/worker.py")
        let python = try #require(Self.python)
        let program = "#!/bin/sh\nexec '\(python)' -B -S '\(script.path)' '\(lie)' '\(objects)'\n"
        return try executable(program, in: repository)
    }

    private func executable(_ program: String, in repository: GitRepository) throws -> [UInt8] {
        let path = repository.folder + "/worker"
        try TestFile.write(Array(program.utf8), to: path + ".text")
        // Written by another process: a child that some test forks meanwhile would hold our descriptor, and a program
        // that is open for writing cannot be started.
        _ = try Command.run("cp", [path + ".text", path])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return Array(path.utf8)
    }

    private func commit(_ repository: GitRepository) throws {
        try repository.commit([
            CommittedFile("a", "the first file\n"), CommittedFile("b", "the other file\n"),
            CommittedFile("d/c", "the third file\n"),
        ])
    }

    /// The reading, by a worker that lies; nil where it ended as it must.
    private func read(_ lie: String, _ repository: GitRepository) throws -> GitSource.Reading {
        let executable = try executable(lie, for: repository)
        return try repository.read {
            $0.executable = executable
            // Long, for machines with much else to do: only a stand-in that stays silent shall stall.
            $0.patience = lie.hasPrefix("silence") ? 1 : 60
        }
    }

    /// The stand-in speaks the protocol: without a lie it gets its reading.
    @Test(.enabled(if: python != nil, "there is no python3")) func anHonestStandInIsBelieved() throws {
        try GitRepository.with { repository in
            try commit(repository)
            let reading = try read("none", repository)
            #expect(try reading.source.manifest.bytes == repository.expectedManifest())
        }
    }

    @Test(.enabled(if: python != nil, "there is no python3"), arguments: LyingWorker.all)
    func aLyingWorkerNeverGetsAReading(_ worker: LyingWorker) throws {
        try GitRepository.with { repository in
            try commit(repository)
            let ending: LyingWorker.Ending?
            do {
                _ = try read(worker.lie, repository)
                ending = nil
            } catch let error as SourceNotReadable {
                ending = error.findings.first.map { .refused($0.rule) }
            } catch let error as WorkerFailure {
                switch error.ending {
                case .nonsense: ending = .nonsense
                case .exited(let status): ending = .exited(status)
                case .killed(let signal): ending = .killed(signal)
                case .stalled(let seconds): ending = seconds == 1 ? .stalled : nil
                case .notStarted: ending = nil
                }
                #expect(!error.description.isEmpty && !error.task.isEmpty)
            }
            #expect(ending == worker.ending)
        }
    }

    /// What is hashed is a copy: memory that changes after it was sent gives the right reading or a mismatch.
    @Test(.enabled(if: python != nil, "there is no python3")) func changingMemoryIsSeen() throws {
        try GitRepository.with { repository in
            try commit(repository)
            let expected = try repository.expectedManifest()
            for _ in 0..<5 {
                do {
                    #expect(try read("memory that changes", repository).source.manifest.bytes == expected)
                } catch let error as SourceNotReadable {
                    #expect(error.findings.allSatisfy { $0.rule == .objectMismatch })
                }
            }
        }
    }

    @Test func otherProgramsAreNoWorkers() throws {
        try GitRepository.with { repository in
            try commit(repository)
            for (program, expected) in [
                ("#!/bin/sh\nexit 7\n", WorkerEnding.exited(status: 7)),
                ("#!/bin/sh\nkill -9 $$\n", .killed(signal: SIGKILL)),
                ("#!/bin/sh\nprintf '\\0\\0\\0\\0'; read x\n", .nonsense("a frame of 0 bytes")),
                ("#!/bin/sh\necho usage: vitrine; read x\n", .nonsense("a frame of 1734439797 bytes")),
                ("#!/bin/sh\nexec sleep 60\n", .stalled(seconds: 1)),
                ("#!/bin/sh\nexec sleep 60 <&- >&-\n", .stalled(seconds: 1)),
            ] {
                let executable = try executable(program, in: repository)
                let error = #expect(throws: WorkerFailure.self) {
                    try repository.read {
                        $0.executable = executable
                        $0.patience = if case .stalled = expected { 1 } else { 60 }
                    }
                }
                #expect(error?.ending == expected && error?.task == "opening the repository")
            }
            for name in ["/nowhere", repository.path] {
                let error = #expect(throws: WorkerFailure.self) {
                    try repository.read { $0.executable = Array(name.utf8) }
                }
                let isNotStarted = if case .notStarted = error?.ending { true } else { false }
                #expect(isNotStarted)
            }
        }
    }

    /// A worker cannot gain privileges, and a system call filter is in force: sockets, programs, writing are refused.
    @Test func theWorkerIsConfined() throws {
        try GitRepository.with { repository in
            try commit(repository)
            var options = GitReadingOptions(executable: Array(BuiltPrograms.path("vitrine").utf8))
            options.revision = Array("HEAD".utf8)
            let lane = try ObjectLane(repository: Array(repository.path.utf8), options)
            let status = String(decoding: try TestFile.read("/proc/\(lane.process)/status"), as: UTF8.self)
            #expect(status.contains("NoNewPrivs:\t1\n"))
            #expect(status.contains("Seccomp:\t2\n"))
            let limits = String(decoding: try TestFile.read("/proc/\(lane.process)/limits"), as: UTF8.self)
            for (name, value) in [
                ("Max file size", "0"), ("Max core file size", "0"), ("Max data size", "\(480 << 20)"),
                ("Max cpu time", "3600"),
            ] {
                let line = limits.split(separator: "\n").first { $0.hasPrefix(name) }
                let words = line?.dropFirst(name.count).split(separator: " ").prefix(2).map(String.init)
                #expect(words == [value, value], "\(name)")
            }
            // Nothing but its socket, no error output, and the shared memory; the environment is empty.
            let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(lane.process)/fd")
            #expect(files.sorted() == ["0", "1", "2", "3"])
            #expect(try TestFile.read("/proc/\(lane.process)/environ").isEmpty)
            #expect(try lane.resolve(options.revision).id.hex == repository.git("rev-parse", "HEAD"))
        }
    }

    /// A worker that is killed while it serves is a named error.
    @Test func aKilledWorkerIsNamed() throws {
        try GitRepository.with { repository in
            try commit(repository)
            let options = GitReadingOptions(executable: Array(BuiltPrograms.path("vitrine").utf8))
            let lane = try ObjectLane(repository: Array(repository.path.utf8), options)
            kill(lane.process, SIGKILL)
            let error = #expect(throws: WorkerFailure.self) { try lane.resolve(options.revision) }
            #expect(error?.ending == .killed(signal: SIGKILL) && error?.task == "resolving the revision")
        }
    }
}
