/// One element of a DER encoding (X.690 section 8.1): a tag of one byte, a length in its shortest form, the content.
struct DERElement {
    /// The deepest nesting that is read.
    private static let depthCeiling = 48

    /// The tag, class and the bit for constructed encodings included.
    let tag: UInt8
    /// The content, without tag and length.
    let content: ArraySlice<UInt8>

    /// Whether the content is elements.
    private var isConstructed: Bool { tag & 0x20 != 0 }

    /// The elements that `bytes` are, one behind the other; nil where they do not end exactly where `bytes` end.
    static func all(_ bytes: ArraySlice<UInt8>) -> [DERElement]? {
        var elements: [DERElement] = []
        var rest = bytes
        while let tag = rest.first {
            // Tags of several bytes are in none of the structures that are read; 0 is no tag at all.
            guard tag & 0x1F != 0x1F, tag != 0, let head = SignedDataLength.element(tag, rest),
                let length = Int(exactly: head.length), length <= rest.count - head.headerCount
            else { return nil }
            rest = rest.dropFirst(head.headerCount)
            elements.append(DERElement(tag: tag, content: rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return elements
    }

    /// The elements inside; nil where it is not constructed of elements that end where it ends.
    var children: [DERElement]? { isConstructed ? DERElement.all(content) : nil }

    /// Whether every element inside, however deep, ends exactly where the elements in it do.
    func isWellNested(_ depth: Int = 0) -> Bool {
        guard depth < DERElement.depthCeiling else { return false }
        // A SEQUENCE and a SET are always constructed; no other universal type is, in DER.
        let isUniversal = tag & 0xC0 == 0
        let isCollection = [0x10, 0x11].contains(tag & 0x1F)
        guard !isUniversal || isCollection == isConstructed else { return false }
        guard isConstructed else { return true }
        guard let children else { return false }
        return children.allSatisfy { $0.isWellNested(depth + 1) }
    }
}
