import Attestations
import Encodings

/// The pattern of a line of `.gitattributes`, matched well enough to name a likely cause.
///
/// `*` and `?` are known, brackets and `**` are not. Nothing is accepted or refused on its word.
struct AttributePattern {
    // Longer ones are not worth the time of a guess.
    private static let maximumPatternCount = 64
    private static let maximumNameCount = 256

    private let pattern: [UInt8]
    private let directory: [UInt8]

    /// Takes the pattern of an attribute and the directory of its file.
    init(_ attribute: ByteChangingAttribute) {
        pattern = attribute.pattern
        let slash = attribute.path.bytes.lastIndex(of: UInt8(ascii: "/"))
        directory = slash.map { Array(attribute.path.bytes[...$0]) } ?? []
    }

    /// Whether the pattern seems to mean `path`.
    func matches(_ path: TreePath) -> Bool {
        guard path.bytes.starts(with: directory) else { return false }
        var name = path.bytes[directory.count...]
        // Without a slash a pattern is about the last component, gitattributes(5).
        if !pattern.contains(UInt8(ascii: "/")), let slash = name.lastIndex(of: UInt8(ascii: "/")) {
            name = name[(slash + 1)...]
        }
        guard pattern.count <= AttributePattern.maximumPatternCount,
            name.count <= AttributePattern.maximumNameCount
        else { return false }
        let isAnchored = pattern.first == UInt8(ascii: "/")
        return AttributePattern.matches(isAnchored ? pattern.dropFirst() : pattern[...], name)
    }

    /// Matches with one place to come back to, so that the time is at most the product of both lengths.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var (place, index) = (pattern.startIndex, name.startIndex)
        var star: (place: Int, index: Int)?
        while index < name.endIndex {
            let wanted = place < pattern.endIndex ? pattern[place] : nil
            if wanted == UInt8(ascii: "*") {
                star = (place, index)
                place += 1
            } else if let wanted, wanted == name[index] || wanted == UInt8(ascii: "?") {
                place += 1
                index += 1
            } else if let last = star, name[last.index] != UInt8(ascii: "/") {
                star = (last.place, last.index + 1)
                place = last.place + 1
                index = last.index + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
