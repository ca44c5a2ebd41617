package import Encodings

/// A `.gitattributes` file, read for the attributes that make git write other bytes than it stores: gitattributes(5).
///
/// Nothing is matched or applied: each line that could change bytes is listed as it stands. Where git would ignore
/// a line (it is too long, or its pattern negated) it is listed all the same, since versions of git differ there.
package enum AttributesFile {
    /// The attributes that change bytes, or leave files out of an archive.
    private static let changing: [[UInt8]] = [
        "crlf", "eol", "export-ignore", "export-subst", "filter", "ident", "text", "working-tree-encoding",
    ].map { Array($0.utf8) }

    /// One attribute of one line, wherever the file stands.
    package struct Line: Sendable {
        /// The line, from 1.
        let number: UInt64
        let pattern: [UInt8]
        let attribute: [UInt8]

        /// The record of the attribute in the file at `path`.
        package func record(at path: TreePath) -> ByteChangingAttribute {
            ByteChangingAttribute(path: path, line: number, pattern: pattern, attribute: attribute)
        }
    }

    /// The attributes in `content`, the bytes of the file at `path`, that can change bytes, in their order.
    package static func byteChangingAttributes(
        in content: [UInt8],
        at path: TreePath
    ) -> [ByteChangingAttribute] {
        lines(in: content).map { $0.record(at: path) }
    }

    /// The attributes in `content` that can change bytes, in their order.
    ///
    /// `-text` and `!text` switch an attribute off: they change nothing and are not listed.
    package static func lines(in content: [UInt8]) -> [Line] {
        var attributes: [Line] = []
        let start = content.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number: UInt64 = 0
        for line in content[start...].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let text = line.drop(while: isBlank)
            guard let first = text.first, first != UInt8(ascii: "#") else { continue }
            let (pattern, rest) = first == UInt8(ascii: "\"") ? quotedPattern(text) : plainPattern(text)
            for attribute in rest.split(whereSeparator: isBlank) where isChanging(attribute) {
                attributes.append(Line(number: number, pattern: Array(pattern), attribute: Array(attribute)))
            }
        }
        return attributes
    }

    private static func isChanging(_ attribute: ArraySlice<UInt8>) -> Bool {
        let name = attribute.prefix { $0 != UInt8(ascii: "=") }
        return changing.contains { $0.elementsEqual(name) }
    }

    private static func plainPattern(_ text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        let pattern = text.prefix { !isBlank($0) }
        return (pattern, text[pattern.endIndex...])
    }

    /// A pattern in double quotes, with backslash escapes; it stays as it is spelled.
    private static func quotedPattern(_ text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        var index = text.startIndex + 1
        while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        // Without a closing quote git takes the quote for a plain byte.
        guard index < text.endIndex else { return plainPattern(text) }
        return (text[...index], text[(index + 1)...])
    }

    /// git's blanks: space, tab, carriage return, line feed.
    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }
}
