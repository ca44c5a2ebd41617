import Verification

extension ByteDifference.Cause {
    /// What the release engineer usually does about a cause; nil where nothing is known.
    package var usualFix: String? {
        switch self {
        case .timestamp: "take every time from SOURCE_DATE_EPOCH, or leave times out"
        case .path: "build with -ffile-prefix-map=PATH=., or always at the same path"
        case .order: "sort what is read from directories and hash tables before it is written (tar --sort=name)"
        case .owner: "store fixed owners (tar --owner=0 --group=0 --numeric-owner)"
        case .mode: "set the umask, or store fixed modes (tar --mode=u+rwX,go+rX,go-w)"
        case .compression: "use the same compressor, version, level and number of threads (gzip -n)"
        case .buildID: "it follows the other differences; remove them first"
        case .signature: "sign a copy, and compare what was not signed yet"
        case .locale: "build with LC_ALL=C"
        case .missing: "look for a build step that ran for one of the two only"
        case .extra: "find out where it comes from before anything is shipped"
        case .unknown: nil
        }
    }

    /// The likely cause of a difference between bytes, by what stands around it.
    ///
    /// `shipped` and `rebuilt` begin at the same distance before the first differing byte, which is at `place` in both.
    static func guess(_ shipped: some Collection<UInt8>, _ rebuilt: some Collection<UInt8>, at place: Int) -> Self {
        let (left, right) = (PrintableRun(shipped, around: place), PrintableRun(rebuilt, around: place))
        if left.isTime, right.isTime { return .timestamp }
        if left.isPath, right.isPath { return .path }
        return .unknown
    }
}

/// The printable bytes around a place.
private struct PrintableRun {
    private let bytes: [UInt8]

    init(_ content: some Collection<UInt8>, around place: Int) {
        let content = Array(content)
        var (start, end) = (min(place, content.count), min(place, content.count))
        while start > 0, PrintableRun.isPrintable(content[start - 1]) { start -= 1 }
        while end < content.count, PrintableRun.isPrintable(content[end]) { end += 1 }
        bytes = Array(content[start..<end])
    }

    /// Whether a date or a time of day stands in it.
    var isTime: Bool {
        let shape = bytes.map { (0x30...0x39).contains($0) ? UInt8(ascii: "9") : $0 }
        return ["99:99", "9999-99-99", "9999/99/99", "99 9999"].contains { contains(shape, $0) }
            || contains(shape, "999999999") && shape.allSatisfy { $0 == UInt8(ascii: "9") }
    }

    /// Whether it looks like the path of a build.
    var isPath: Bool {
        let roots = ["/tmp/", "/build/", "/home/", "/root/", "/usr/src/", "/var/", "/work", "/workspace/", "/opt/"]
        return roots.contains { contains(bytes, $0) }
    }

    private func contains(_ bytes: [UInt8], _ part: String) -> Bool {
        let part = Array(part.utf8)
        guard bytes.count >= part.count else { return false }
        return (0...bytes.count - part.count).contains { bytes[$0..<$0 + part.count].elementsEqual(part) }
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
}
