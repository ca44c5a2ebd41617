import ArchiveWorker
import Commands
import DirectorySource
import GitWorker
import Glibc

StandardDescriptors.fill()
// The program is its own reader of objects and of archives: as a worker it reads nothing but what its parent asks for.
if CommandLine.arguments.dropFirst().first == Worker.argument { exit(Worker.run()) }
if CommandLine.arguments.dropFirst().first == ContainerWorker.argument {
    exit(ContainerWorker.run(Array(CommandLine.arguments.dropFirst(2))))
}
#if Commands
exit(Program.run())
#else
fputs("vitrine: built without the trait Commands, which reads the arguments\n", stderr)
exit(2)
#endif
