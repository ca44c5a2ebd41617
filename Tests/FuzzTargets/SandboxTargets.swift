#if DEBUG  // Looks inside modules, which only a debug build lets it do.
import Encodings

@testable import Rebuild

extension FuzzTarget {
    /// What builds are made of and tell of themselves.
    static let sandboxes: [FuzzTarget] = [
        FuzzTarget("build-definition") { bytes in
            guard let definition = try? BuildDefinition(parsing: bytes) else { return false }
            promise(!definition.commands.isEmpty && definition.commands.allSatisfy { !$0.isEmpty })
            promise(!definition.outputs.isEmpty && definition.outputs.count == Set(definition.outputs).count)
            return true
        },
        FuzzTarget("strace-line") { bytes in
            guard let line = TraceLine(bytes[...]) else { return false }
            var events = TraceEvents(buildPath: "/build")
            for start in ["1 execve(\"/a\", [], 0) = 0", "1 execve(\"/b\", [], 0) = 0"] {
                events.add(Array(start.utf8)[...])
            }
            events.add(bytes[...])
            events.finish()
            promise(line.process >= 0)
            return true
        },
        FuzzTarget("dpkg-status") { bytes in
            let packages = DebianDatabase.parse(bytes)
            promise(packages.allSatisfy { !$0.version.utf8.contains(0x0A) })
            return !packages.isEmpty
        },
    ]
}
#endif
