import Digests
import Encodings
import GitSource
import GitWorker
import Glibc
import SourceManifest
import Verification

if CommandLine.arguments.dropFirst().first == Worker.argument { exit(Worker.run()) }
func say(_ s: String) { let b = Array(s.utf8); _ = unsafe b.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) } }
var options = GitReadingOptions(executable: Array("/proc/self/exe".utf8))
var args = Array(CommandLine.arguments.dropFirst(2))
if let i = args.firstIndex(of: "--rev") { options.revision = Array(args[i+1].utf8) }
if args.contains("--paranoid") { options.reader = .library }
do {
    let reading = try GitSource.read(Array(args[0].utf8), options)
    var h = SHA256()
    if CommandLine.arguments[1] == "root" { print(reading.source.manifest.root(using: &h).hex) }
    else { unsafe reading.source.manifest.bytes.withUnsafeBytes { _ = unsafe write(1, $0.baseAddress, $0.count) } }
    for f in reading.source.findings { say("\(f.rule.rawValue) \(f.effect) \(f.escapedPath ?? "") \(f.found ?? "")\n") }
} catch let e as SourceNotReadable {
    for f in e.findings { say("\(f.rule.rawValue) \(f.effect) \(f.escapedPath ?? "") \(f.found ?? "")\n") }
    exit(e.findings.contains { $0.effect == .fails } ? 1 : 3)
} catch { say("error: \(error)\n"); exit(2) }
