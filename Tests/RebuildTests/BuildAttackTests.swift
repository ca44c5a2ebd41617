import BuildStatements
import Encodings
import Foundation
import TestSupport
import Testing

@testable import Rebuild

/// Attacks on the build of a sealed source, by whoever prepared the machine or wrote the build, as `vitrine rebuild`
/// meets them; each with the check that catches it, and the same without the attack, which passes.
@Suite(.enabled(if: BuildSample.hasSandbox, Comment(rawValue: BuildSample.absent)))
struct BuildAttackTests {
    private static let signing = ["--key", "rebuilder.key.pem"]

    /// Checks that a rebuild of what was shipped passes.
    private static func expectPass(_ release: Release, _ shipped: String, _ more: [String] = [], out: String) throws {
        let rebuilt = try release.rebuild(shipped, signing + more, out: out)
        #expect(rebuilt.status == 0, "\(rebuilt.text)\(rebuilt.errors)")
        #expect(rebuilt.text.hasPrefix("PASSED"))
        #expect(try release.lastRecord().result == .reproduced)
    }

    // MARK: Swapped and restored

    /// Rebuilds `out`; `swap` and `restore` are what somebody outside does to `$place` while the build waits for it.
    ///
    /// The build says when it took what was swapped, so that nothing rests on time.
    private static func rebuild(_ release: Release, swap: String, restore: String, place: String) throws -> Command {
        let script = """
            mkdir temporary
            TMPDIR=$PWD/temporary "$0" rebuild manifests/p/1 --source source --directory --shipped out \
                --trust release.pub.pem --key rebuilder.key.pem --out rebuilt & build=$!
            wait_for() {
                until grep -qs "$1" .vitrine-*.tmp/build.log; do kill -0 $build || exit 99; sleep 0.01; done
            }
            wait_for 'command 1 of 1'
            place=$(echo \(place)) kept=$PWD/kept
            \(swap)
            wait_for taken
            \(restore)
            wait $build
            """
        return try Command.run("sh", ["-c", script, Release.program], in: release.folder)
    }

    private static let limit = #","limits":{"wallSeconds":60}"#

    /// A build that waits for another content of `file`, takes it, and waits until it is restored.
    private static func waiting(for file: String) -> String {
        """
        until grep -qs evil \(file); do sleep 0.01; done
        cat hello.txt \(file) > out
        echo taken
        until grep -qs hello \(file); do sleep 0.01; done
        """
    }

    /// SUNSPOT: a file of the source is swapped while it is built, and restored before the build ends.
    @Test(arguments: [
        (
            "rewritten", "cp -p $place $kept; echo evil > $place",
            "cat $kept > $place; touch -r $kept $place"
        ),
        (
            "replaced", "touch -r ${place%/*} kept.time; mv $place $kept; echo evil > $place",
            "mv $kept $place; touch -r kept.time ${place%/*}"
        ),
    ])
    func sourceSwappedDuringTheBuildAndRestored(_ how: String, _ swap: String, _ restore: String) throws {
        try Release.with(Self.waiting(for: "/source/hello.txt"), more: Self.limit) { release in
            // What the build of the swapped file makes: nothing but the swap itself is left to be found.
            try release.write("hello\nevil\n", to: "out")
            let place = "temporary/vitrine-build-*/source/hello.txt"
            let rebuilt = try Self.rebuild(release, swap: swap, restore: restore, place: place)
            #expect(rebuilt.status == 3, "\(rebuilt.errors)")
            #expect(rebuilt.text.contains("inconclusive: rebuild-inconclusive: out"), "\(rebuilt.text)")
            let record = try release.lastRecord()
            #expect(record.result == .inconclusive)
            #expect(record.reason == "the source was changed while it was built")
            // The swap was seen at /source; the copy that is built from never had it.
            #expect(try release.read("rebuilt/outputs/out") == "hello\nevil\n")
        }
        try Release.with("cat hello.txt /source/hello.txt > out") { release in
            try release.write("hello\nhello\n", to: "out")
            try Self.expectPass(release, "out", out: "rebuilt")
        }
    }

    /// The same with a declared directory of the toolchain.
    @Test(.enabled(if: getuid() == 0, "only root can write there"))
    func toolSwappedDuringTheBuildAndRestored() throws {
        let words = ["words": "hello\n"]
        try BuildSample.withToolDirectory(words) { tool, toolchain in
            let script = Self.waiting(for: tool + "/words")
            try Release.with(script, toolchain: toolchain, more: Self.limit) { release in
                try release.write("hello\nevil\n", to: "out")
                let swap = "cp -p $place $kept; echo evil > $place"
                let restore = "cat $kept > $place; touch -r $kept $place"
                let rebuilt = try Self.rebuild(release, swap: swap, restore: restore, place: tool + "/words")
                #expect(rebuilt.status == 3, "\(rebuilt.errors)")
                let record = try release.lastRecord()
                #expect(record.result == .inconclusive)
                #expect(record.reason == "the toolchain was changed while it was used")
            }
            try Release.with("cat hello.txt \(tool)/words > out", toolchain: toolchain) { release in
                try release.write("hello\nhello\n", to: "out")
                try Self.expectPass(release, "out", out: "rebuilt")
            }
        }
    }

    // MARK: What the caller's machine brings along

    private static let program = [
        "main.c": """
        #ifdef EVIL
        const char *message = "evil";
        #else
        const char *message = "good";
        #endif
        """, "hello.txt": "hello\n",
    ]
    private static let compiling = "${CC:-gcc} ${CFLAGS:-} -c main.c -o out"
    private static let hasCompiler = Command.find("gcc") != nil

    /// What the script makes outside of any sandbox, where these variables are set.
    private static func outside(_ script: String, _ release: Release, _ variables: [String]) throws -> [UInt8] {
        let copy = release.folder + "/outside-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: release.folder + "/source", toPath: copy)
        let without = ["CC", "CFLAGS", "LD_PRELOAD", "XDG_CACHE_HOME"].flatMap { ["-u", $0] }
        let made = try Command.run("env", without + variables + ["sh", "-euc", script], in: copy)
        try #require(made.status == 0, "\(made.errors)")
        return try TestFile.read(copy + "/out")
    }

    /// Checks that variables that change what a script makes outside change nothing in a rebuild.
    ///
    /// `prepare` gets a directory for what they name, which root puts where a sandbox sees it.
    private static func expectNoEffect(on script: String, of prepare: (String) throws -> [String]) throws {
        // The definition sets no variable, so that none of the caller's is hidden by it.
        let toolchain = try BuildSample.packages(and: BuildSample.compiler)
        try Release.with(script, toolchain: toolchain, environment: "{}", files: program) { release in
            let built = try release.build()
            try #require(built.status == 0, "\(built.errors)")
            let honest = try TestFile.read(release.folder + "/built/outputs/out")
            let folder = getuid() == 0 ? "/usr/lib/vitrine-test-\(UUID().uuidString)" : release.folder + "/evil"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let variables = try prepare(folder)
            #expect(try outside(script, release, ["HOME=/nonexistent"]) == honest)
            #expect(try outside(script, release, variables) != honest, "this is no attack")
            let rebuilt = try release.rebuild("built/outputs/out", signing, under: variables)
            #expect(rebuilt.status == 0, "\(rebuilt.text)\(rebuilt.errors)")
            #expect(try release.lastRecord().result == .reproduced)
            #expect(try TestFile.read(release.folder + "/rebuilt/outputs/out") == honest)
        }
    }

    /// Makes a program that calls the real compiler with one option more.
    private static func makeWrapper(in folder: String) throws -> String {
        let path = folder + "/gcc"
        try TestFile.write(Array("#!/bin/sh\nexec /usr/bin/gcc -DEVIL \"$@\"\n".utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @Test(.enabled(if: hasCompiler, "needs gcc")) func wrapperCompilerOnPath() throws {
        try Self.expectNoEffect(on: Self.compiling) { folder in
            _ = try Self.makeWrapper(in: folder)
            return ["PATH=\(folder):/usr/bin:/bin"]
        }
    }

    @Test(.enabled(if: hasCompiler, "needs gcc")) func wrapperCompilerInCC() throws {
        try Self.expectNoEffect(on: Self.compiling) { ["CC=\(try Self.makeWrapper(in: $0))"] }
    }

    @Test(.enabled(if: hasCompiler, "needs gcc")) func injectedCFLAGS() throws {
        try Self.expectNoEffect(on: Self.compiling) { _ in ["CFLAGS=-DEVIL"] }
    }

    @Test(.enabled(if: hasCompiler, "needs gcc")) func injectedLDPRELOAD() throws {
        let source = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <string.h>
            #include <unistd.h>
            __attribute__((constructor)) static void evil(void) {
                if (strcmp(program_invocation_short_name, "cat") == 0 && write(1, "evil\\n", 5) != 5) _exit(1);
            }
            """
        try Self.expectNoEffect(on: "cat hello.txt > out") { folder in
            try TestFile.write(Array(source.utf8), to: folder + "/evil.c")
            let made = try Command.run("gcc", ["-shared", "-fPIC", "-o", "evil.so", "evil.c"], in: folder)
            try #require(made.status == 0, "\(made.errors)")
            return ["LD_PRELOAD=\(folder)/evil.so"]
        }
    }

    @Test(.enabled(if: hasCompiler, "needs gcc"), arguments: ["HOME", "XDG_CACHE_HOME"])
    func poisonedCacheOfTheCaller(_ variable: String) throws {
        let script = """
            cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}
            if [ -f $cache/main.o ]; then cat $cache/main.o > out; else gcc -c main.c -o out; fi
            """
        try Self.expectNoEffect(on: script) { folder in
            let cache = variable == "HOME" ? folder + "/.cache" : folder
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            try TestFile.write(Array("evil".utf8), to: cache + "/main.o")
            return ["\(variable)=\(folder)"]
        }
    }

    /// A build leaves something wherever it can, and every later one looks there first.
    @Test(.enabled(if: Command.find("ipcmk") != nil, "needs ipcmk")) func poisonedCacheOfAnEarlierBuild() throws {
        let script = """
            places="/tmp /dev/shm /var/tmp $PWD /source /usr/local ${HOME:-/root}"
            look() {
                for place in $places; do if [ -e $place/cache ]; then cat $place/cache; fi; done
                tail -n +2 /proc/sysvipc/shm | while read key rest; do echo memory; done
            }
            look > found
            cat found hello.txt > out
            for place in $places; do (echo evil > $place/cache) 2> /dev/null || true; done
            ipcmk -M 4096 > /dev/null
            echo left: $(look)
            """
        try Release.with(script) { release in
            try release.write("hello\n", to: "out")
            // Builds one after the other of one run, and of another.
            let varied = try release.rebuild("out", Self.signing + ["--vary"])
            #expect(varied.status == 0, "\(varied.text)\(varied.errors)")
            #expect(try release.lastRecord().result == .reproduced)
            #expect(varied.errors.contains("no output depends on"))
            // Each place that can be written to was found poisoned by the build that did it.
            #expect(try release.read("rebuilt/build.log").contains("left: evil evil evil memory\n"))
            try Self.expectPass(release, "out", out: "again")
            #expect(try release.read("again/outputs/out") == "hello\n")
        }
    }

    // MARK: Tools that are not the declared ones

    private static let wrapper = "#!/bin/sh\n/usr/bin/cat \"$@\"\n"

    @Test(.enabled(if: getuid() == 0, "only root can write there"))
    func wrapperInADeclaredToolchainDirectory() throws {
        try BuildSample.withToolDirectory(["cat": Self.wrapper]) { tool, toolchain in
            try Release.with("PATH=\(tool):$PATH; cat hello.txt > out", toolchain: toolchain) { release in
                try release.write("hello\n", to: "out")
                try Self.expectPass(release, "out", out: "before")
                let count = try release.statements().count
                try TestFile.write(Array((Self.wrapper + "echo evil\n").utf8), to: tool + "/cat")
                let rebuilt = try release.rebuild("out", Self.signing)
                #expect(rebuilt.status == 2)
                #expect(rebuilt.errors.contains("\(tool): root differs: declared "), "\(rebuilt.errors)")
                #expect(!release.has("rebuilt"))
                #expect(try release.statements().count == count)
            }
        }
    }

    /// A wrapper that no package owns is not there, whoever put it among the system's files.
    @Test(.enabled(if: getuid() == 0, "only root can write there"))
    func wrapperThatNoPackageOwns() throws {
        try BuildSample.withToolDirectory(["cat": Self.wrapper], in: "/usr/lib") { tool, _ in
            try Release.with("PATH=\(tool):$PATH; cat hello.txt > out") { release in
                try release.write("hello\n", to: "out")
                try TestFile.write(Array((Self.wrapper + "echo evil\n").utf8), to: tool + "/cat")
                try Self.expectPass(release, "out", out: "rebuilt")
            }
            try Release.with("\(tool)/cat hello.txt > out") { release in
                try release.write("hello\n", to: "out")
                let rebuilt = try release.rebuild("out", Self.signing)
                #expect(rebuilt.status != 0)
                #expect(try release.lastRecord().result == .notRebuildable)
                #expect(try release.read("rebuilt/build.log").contains("\(tool)/cat: not found"))
            }
        }
    }

    // MARK: The clock

    /// What is not the same from one moment to the next is not blamed on anything else.
    @Test func outputThatDependsOnTheTime() throws {
        try Release.with("date +%s%N > out") { release in
            try release.write("1\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--vary"])
            #expect(rebuilt.status == 1)
            #expect(rebuilt.errors.contains("varied: time alone: out differs"))
            #expect(!rebuilt.errors.contains("clock alone"))
        }
    }

    /// The same output today and tomorrow is no proof that next year's is.
    @Test(.enabled(if: BuildSample.hasShiftedClock, "libfaketime is not installed"))
    func outputThatDependsOnTheClock() throws {
        try Release.with("date +%Y > out") { release in
            #expect(try release.build().status == 0)
            let rebuilt = try release.rebuild("built/outputs/out", ["--vary", "--html", "page.html"])
            #expect(rebuilt.status == 3)
            #expect(rebuilt.text.contains("inconclusive: build-varies"))
            let blamed = rebuilt.errors.split(separator: "\n").filter { $0.contains(" alone: ") }
            #expect(blamed.count == 1 && blamed.first?.contains("varied: clock alone: out differs") == true)
            #expect(try release.read("page.html").contains("clock"))
        }
        try Release.with("date -d @$SOURCE_DATE_EPOCH +%Y > out") { release in
            #expect(try release.build().status == 0)
            try Self.expectPass(release, "built/outputs/out", ["--vary"], out: "rebuilt")
        }
    }
}
