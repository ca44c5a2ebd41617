import Encodings
package import Verification

/// Looks at the names of a tree for those that mislead people or collide elsewhere.
///
/// Give it every path in strictly increasing raw order; memory is that of the names in one branch of the tree.
/// Case is compared as `lowercased()` gives it and normal forms as `String` does: what one file system or another
/// would take for the same name may differ from that.
package struct NameHygiene {
    /// The most findings of one rule; a last one says how many more there are.
    package static let ceiling = 1000

    private var levels: [SiblingNames] = []
    // The path before, to tell which names are new.
    private var previous: [UInt8] = []
    private var findings: [Finding] = []
    private var counts: [Finding.Rule: Int] = [:]

    /// Starts with no names.
    package init() {}

    /// Looks at the names of `path` that the path before did not have.
    package mutating func add(_ path: [UInt8]) {
        var common = 0
        var start = 0
        var depth = 0
        let limit = min(path.count, previous.count)
        while common < limit, path[common] == previous[common] {
            common += 1
            if path[common - 1] == UInt8(ascii: "/") {
                start = common
                depth += 1
            }
        }
        // Names deeper than the first that differs belong to directories that are done.
        if levels.count > depth + 1 { levels.removeLast(levels.count - depth - 1) }
        while start <= path.count {
            let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
            if levels.count == depth { levels.append(SiblingNames()) }
            add(path, start..<end, depth)
            start = end + 1
            depth += 1
        }
        previous = path
    }

    /// The findings, in the order of their paths.
    package consuming func finish() -> [Finding] {
        for rule in Finding.Rule.allCases {
            guard let count = counts[rule], count > NameHygiene.ceiling else { continue }
            findings.append(Finding(rule, found: "\(count - NameHygiene.ceiling) more paths like this"))
        }
        return findings
    }

    private mutating func add(_ path: [UInt8], _ name: Range<Int>, _ depth: Int) {
        let traits = NameTraits(path.span.extracting(name))
        if traits.hasControl { report(.controlCharacterInName, path, name, found: nil) }
        if traits.hasBidi { report(.bidiCharacterInName, path, name, found: nil) }
        let clash = levels[depth].insert(path, name, traits)
        guard let clash else { return }
        report(clash.rule, path, name, found: "also \(String(decoding: TreePath.escape(clash.name), as: UTF8.self))")
    }

    private mutating func report(_ rule: Finding.Rule, _ path: [UInt8], _ name: Range<Int>, found: String?) {
        counts[rule, default: 0] += 1
        guard counts[rule, default: 0] <= NameHygiene.ceiling else { return }
        findings.append(Finding(rule, path: Array(path[..<name.upperBound]), found: found))
    }
}

/// What the bytes of one name hold.
struct NameTraits {
    private(set) var isASCII = true
    private(set) var hasCapitals = false
    private(set) var hasControl = false
    private(set) var hasBidi = false

    init(_ name: Span<UInt8>) {
        for index in 0..<name.count {
            let byte = name[index]
            if byte < 0x20 || byte == 0x7F { hasControl = true }
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { hasCapitals = true }
            guard byte >= 0x80 else { continue }
            isASCII = false
            let second = index + 1 < name.count ? name[index + 1] : 0
            let third = index + 2 < name.count ? name[index + 2] : 0
            switch (byte, second, third) {
            // U+0080 to U+009F: the C1 control characters.
            case (0xC2, 0x80...0x9F, _): hasControl = true
            // U+061C; U+200E, U+200F; U+202A to U+202E; U+2066 to U+2069: Unicode's Bidi_Control.
            case (0xD8, 0x9C, _), (0xE2, 0x80, 0x8E...0x8F), (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA6...0xA9):
                hasBidi = true
            default: break
            }
        }
    }
}
