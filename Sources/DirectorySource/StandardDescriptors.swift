import CLinux
import Glibc

/// Descriptors 0, 1 and 2, which a program may be started without.
package enum StandardDescriptors {
    /// Fills those that are closed, before anything else is opened.
    ///
    /// A key or a manifest would otherwise be opened under the number of standard error, and messages be written into
    /// it. The fill can be read and not written, so that a result that has nowhere to go is an error.
    package static func fill() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one.
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }
}
