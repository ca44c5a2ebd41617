package import Encodings

/// The product and the version that evidence speaks of.
///
/// Both match `[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}`, which makes them safe as directory names.
package struct ReleaseName: Hashable, Sendable {
    /// The most bytes of a product or a version.
    package static let maximumByteCount = 128

    /// The product.
    package let product: Text
    /// The version.
    package let version: Text

    /// Names a release; nil when either part breaks the grammar.
    package init?(product: Text, version: Text) {
        guard ReleaseName.isPart(product), ReleaseName.isPart(version) else { return nil }
        self.product = product
        self.version = version
    }

    /// The name of the statement's subject, `product@version`.
    package var subject: Text { Text("\(product)@\(version)") }

    /// Whether `text` may stand as a product or a version.
    package static func isPart(_ text: Text) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= maximumByteCount, isLetterOrDigit(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            isLetterOrDigit(byte) || "._+~-".utf8.contains(byte)
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

extension ReleaseName: CustomStringConvertible {
    /// The product and the version, for people.
    package var description: String { "\(product) \(version)" }
}
