import DirectorySource
import Glibc

StandardDescriptors.fill()
// A reader that goes away must end in an error, not in a signal whose meaning depends on the shell.
_ = signal(SIGPIPE, SIG_IGN)
exit(Verifier.run(Arguments.ofProcess()))
