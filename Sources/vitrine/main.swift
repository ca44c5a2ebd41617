import GitSource
import GitWorker
import Glibc

if CommandLine.arguments.dropFirst().first == Worker.argument { exit(Worker.run()) }
var options = GitReadingOptions(executable: Array("/proc/self/exe".utf8))
if CommandLine.arguments.count > 2 { options.threads = Int(CommandLine.arguments[2]) ?? 2 }
if CommandLine.arguments.count > 3 { options.reader = .library }
print(try GitSource.trial(repository: Array(CommandLine.arguments[1].utf8), options: options))
