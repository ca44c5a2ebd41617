package import Encodings

/// How a release is built from its sealed source: the file `vitrine.build.json` (docs/formats/build-definition.md).
///
/// It says what to run and in what surroundings. It is part of the source, or bound by its digest in what is signed.
package struct BuildDefinition: Hashable, Sendable {
    /// The name of the file at the top of a sealed tree.
    package static let fileName = "vitrine.build.json"

    /// The commands, each a program and its arguments, run one after the other in the build directory.
    package let commands: [[Text]]
    /// What the build makes: files or directories, relative to the build directory.
    package let outputs: [TreePath]
    /// The variables of the commands beside the fixed ones.
    package let environment: [Variable]
    /// What the build is made with.
    package let toolchain: Toolchain
    /// Another toolchain for the same source, for diverse double-compiling.
    package let secondToolchain: Toolchain?
    /// What the build may use up.
    package let limits: Limits
    /// Files of others that end up in what is shipped.
    package let thirdParty: [ThirdParty]
    /// The value of SOURCE_DATE_EPOCH, in seconds since 1970; nil for the time of the commit or of the seal.
    package let sourceDateEpoch: UInt64?

    /// A variable of the environment.
    package struct Variable: Hashable, Sendable {
        /// Letters, digits and `_`, not beginning with a digit.
        package let name: Text
        /// The value.
        package let value: Text
    }

    /// A file that comes from somebody else as it is.
    package struct ThirdParty: Hashable, Sendable {
        /// The name, for people.
        package let name: Text
        /// Its SHA-256.
        package let digest: Digest
    }

    /// What a build may use up.
    package struct Limits: Hashable, Sendable {
        /// Seconds from the first command to the end of the last.
        package var wallSeconds: UInt64 = 3_600
        /// Seconds of processor time that one process may use.
        package var cpuSeconds: UInt64 = 3_600
        /// Bytes of address space that one process may have.
        package var memoryBytes: UInt64 = 16 << 30
        /// Processes at a time.
        package var processes: UInt64 = 4_096
        /// Bytes of the build directory, and of `/tmp`.
        package var diskBytes: UInt64 = 8 << 30

        /// The limits of a definition that sets none.
        package init() {}
    }

    /// What a build is made with.
    package struct Toolchain: Hashable, Sendable {
        /// Where the programs come from.
        package let base: Base
        /// Directories of this machine that are added at their own path, read-only.
        package let directories: [HashedDirectory]
        /// The variables that are set with this toolchain, in the place of those of the definition.
        package let environment: [Variable]

        /// Where the programs come from.
        package enum Base: Hashable, Sendable {
            /// Packages of the Debian system that the build runs on.
            case debianPackages([Package])
            /// A directory that becomes the root of the sandbox.
            case rootFileSystem(HashedDirectory)
        }

        /// A Debian package in one version.
        package struct Package: Hashable, Sendable {
            /// The name, without architecture.
            package let name: Text
            /// The whole version, as dpkg tells it.
            package let version: Text
        }

        /// A directory and the tree root that it must have.
        package struct HashedDirectory: Hashable, Sendable {
            /// The absolute path.
            package let path: [UInt8]
            /// The root, as `vitrine root --directory` prints it.
            package let treeRoot: Digest
        }
    }
}

extension BuildDefinition {
    /// The variables of the commands with a toolchain that sets `others`, which stand in the place of those here.
    func variables(with others: [Variable]) -> [Variable] {
        let replaced = Set(others.map(\.name))
        return environment.filter { !replaced.contains($0.name) } + others
    }
}

extension BuildDefinition.Limits {
    /// The most of each that a definition may ask for.
    static var ceilings: [(name: Text, path: WritableKeyPath<Self, UInt64>, ceiling: UInt64)] {
        [
            ("wallSeconds", \.wallSeconds, 7 * 86_400),
            ("cpuSeconds", \.cpuSeconds, 7 * 86_400),
            ("memoryBytes", \.memoryBytes, 1 << 40),
            ("processes", \.processes, 65_536),
            ("diskBytes", \.diskBytes, 1 << 40),
        ]
    }
}
