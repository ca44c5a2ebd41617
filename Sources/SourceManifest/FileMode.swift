/// What kind of file an entry is, as git spells it.
package enum FileMode: UInt8, Hashable, Sendable {
    /// `100644`: a file.
    case file
    /// `100755`: a file that may be run.
    case executable
    /// `120000`: a symbolic link; its content is the target.
    case symbolicLink
    /// `160000`: a submodule that was not resolved; its content is the commit id in lower-case hexadecimal.
    case submodule

    /// The six digits.
    package var digits: String {
        switch self {
        case .file: "100644"
        case .executable: "100755"
        case .symbolicLink: "120000"
        case .submodule: "160000"
        }
    }

    /// The six digits as a number in octal, as git and `stat` hold it.
    package var octal: UInt32 {
        switch self {
        case .file: 0o100644
        case .executable: 0o100755
        case .symbolicLink: 0o120000
        case .submodule: 0o160000
        }
    }

    /// Makes a mode of git's number; nil for any but the four.
    package init?(octal: UInt32) {
        switch octal {
        case 0o100644: self = .file
        case 0o100755: self = .executable
        case 0o120000: self = .symbolicLink
        case 0o160000: self = .submodule
        default: return nil
        }
    }
}
