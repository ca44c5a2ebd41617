import Foundation
import TestSupport
import Testing

/// A rebuild that is interrupted while its build runs: no process of it is left, and no file but after SIGKILL.
@Suite(.enabled(if: BuildSample.hasTrace, Comment(rawValue: BuildSample.absent)))
struct InterruptionTests {
    /// Starts a rebuild, waits until its build runs, sends it a signal, and prints what is left.
    private static let script = """
        program=$1 signal=$2 seconds=$3; shift 3
        mkdir tmp
        TMPDIR=$PWD/tmp "$program" rebuild manifests/p/1 --source source --directory --shipped out \\
            --trust release.pub.pem --out rebuilt "$@" 2> errors &
        until pgrep -f "^sleep $seconds$" > /dev/null; do kill -0 $! || exit 9; done
        # It holds its directory for the copies of the toolchain open.
        copies=$(ls -l /proc/$!/fd | grep -o '/dev/shm/vitrine-build-[A-Za-z0-9]*' | head -n 1)
        kill -s "$signal" $!
        wait $!
        echo "status $?"
        # The kernel ends the processes inside after the one that everything hangs on.
        while pgrep -f "^sleep $seconds$" > /dev/null; do :; done
        # The arguments of every process that makes the sandbox name this directory.
        pgrep -f "$PWD" | grep -v -x $$
        echo "tmp: $(ls tmp | sed 's/-.*//')"
        if [ -n "$copies" ] && [ -e "$copies" ]; then
            echo "copies left"
            rm -rf "$copies"
        fi
        ls -A | grep -e '^\\.vitrine' -e rebuilt
        true
        """

    @Test(arguments: ["TERM", "INT", "KILL"], [[], ["--trace"]])
    func leavesNothingRunning(_ signal: String, _ more: [String]) throws {
        // A number that no other test waits for: those that run beside this one look for theirs.
        let seconds = ["TERM": 430_000, "INT": 431_000, "KILL": 432_000][signal, default: 0] + more.count
        try Release.with("sleep \(seconds)") { release in
            try release.write("hello\n", to: "out")
            let ended = try Command.run(
                "timeout",
                ["60", "bash", "-c", Self.script, "bash", Release.program, signal, "\(seconds)"] + more,
                in: release.folder
            )
            #expect(ended.status == 0, "\(ended.text)\(ended.errors)")
            let lines = ended.text.split(separator: "\n")
            // Nothing could be judged: 2. Only SIGKILL leaves no say.
            #expect(lines.first == (signal == "KILL" ? "status 137" : "status 2"))
            if signal == "KILL" {
                // Nobody is left to remove it; the next command that writes there names it.
                #expect(lines.dropFirst().first == "tmp: vitrine", "\(ended.text)")
            } else {
                #expect(lines.dropFirst() == ["tmp: "], "\(ended.text)")
            }
        }
    }
}
