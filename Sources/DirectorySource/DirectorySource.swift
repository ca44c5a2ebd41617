package import Encodings
import Attestations
package import Verification

/// A tree of files on disk as a source.
///
/// Raw bytes from descriptor to digest: names are never text, no symbolic link is followed beneath the root, no path
/// is resolved twice. Only a `.git` at the top, and the `.git` file of a submodule that the caller names, is left out.
/// Not proven: that all files were read at one moment. A writer who changes a file before or after it is read, and
/// leaves no trace in its times, is not seen.
package enum DirectorySource {
}
