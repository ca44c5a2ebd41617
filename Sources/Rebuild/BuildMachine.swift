package import Attestations
import CLinux
import Encodings
import Glibc

/// What a record says of the machine that built, for people.
package enum BuildMachine {
    /// The sandbox, the kernel and the architecture.
    package static var environment: RebuildRecord.Environment {
        let version = (try? DebianDatabase())?.package("bubblewrap")?.version.string ?? "of an unknown version"
        var names = utsname()
        guard unsafe uname(&names) == 0 else {
            return .init(sandbox: Text("bubblewrap \(version)"), kernel: "unknown", architecture: "unknown")
        }
        let kernel = "\(text(of: names.sysname)) \(text(of: names.release))"
        return .init(
            sandbox: Text("bubblewrap \(version)"),
            kernel: Text(kernel),
            architecture: Text(text(of: names.machine))
        )
    }

    /// Debian's name of the architecture, as `amd64`.
    package static var debianArchitecture: String {
        (try? DebianDatabase())?.package("dpkg")?.architecture.string ?? "unknown"
    }

    private static func text<Field>(of field: Field) -> String {
        unsafe withUnsafeBytes(of: field) { bytes in
            String(decoding: unsafe bytes.prefix { $0 != 0 }.filter { (0x20...0x7E).contains($0) }, as: UTF8.self)
        }
    }
}
