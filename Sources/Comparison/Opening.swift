import ArchiveWorker
import Attestations
import DirectorySource

/// How two files that differ are looked into: opened where they are containers, else compared as they are.
struct Opening {
    private let comparing: Comparing
    private let left: FileBytes
    private let right: FileBytes
    private let name: [UInt8]
    private let depth: Int

    /// Takes two files that differ, `depth` containers deep.
    init(_ comparing: Comparing, _ left: FileBytes, _ right: FileBytes, name: [UInt8], depth: Int) {
        (self.comparing, self.left, self.right, self.name, self.depth) = (comparing, left, right, name, depth)
    }

    /// Compares and counts every shipped byte; what the shipped file was taken for.
    func compare(into findings: inout ItemFindings) throws -> String {
        let shipped = try format(left)
        if let reason = try open(shipped, into: &findings) {
            guard !reason.isEmpty else { return shipped.rawValue }
            // What cannot be opened is compared as the bytes it is, and is different for that alone.
            findings.add(.property("it cannot be opened: \(reason)", "", "", .unknown), .different)
            let meaning = RegionPair.Meaning(place: "bytes")
            try RegionPair(shipped: left, rebuilt: right, symbols: SymbolSearch([]))
                .compare(0..<left.count, 0..<right.count, meaning, with: &comparing.walk, into: &findings)
            return shipped.rawValue
        }
        return try LeafComparison(textCeiling: comparing.options.ceilings.textByteCount)
            .compare(left, right, (shipped, try format(right)), with: &comparing.walk, into: &findings)
    }

    /// Opens both; an empty text where that went well, the reason where it did not, nil where there is nothing to open.
    private func open(_ shipped: FileFormat, into findings: inout ItemFindings) throws -> String? {
        let rebuilt = try format(right)
        let layers = (shipped.layer, rebuilt.layer)
        guard shipped == rebuilt && shipped.isContainer || layers.0 != nil && layers.1 != nil else { return nil }
        guard depth < comparing.options.ceilings.depth else { return "containers are nested deeper than \(depth)" }
        // Nothing is kept of what was found in a container that turns out not to be one.
        var inside = findings
        let held = comparing.layouts.used
        defer { comparing.layouts.giveBack(to: held) }
        do {
            if let one = layers.0, let other = layers.1 {
                let layers = (Layer(file: left, format: one), Layer(file: right, format: other))
                try LayerComparison(comparing, layers.0, layers.1).compare(name: name, depth: depth, into: &inside)
            } else if shipped == .iso {
                try ImageComparison(comparing, left, right, depth: depth).compare(into: &inside)
            } else {
                try ContainerComparison(comparing, shipped, left, right, depth: depth).compare(into: &inside)
            }
        } catch let error as Unopenable {
            return error.reason
        } catch let error as MalformedLayout {
            return "\(error)"
        }
        findings = inside
        return ""
    }

    private func format(_ file: FileBytes) throws -> FileFormat {
        FormatSniffer.format(of: try file.bytes(0..<min(file.count, UInt64(FormatSniffer.headByteCount))))
    }
}

extension FileFormat {
    /// How a file of this format is compressed; nil where it is no compressed file.
    fileprivate var layer: ArchiveFormat? {
        switch self {
        case .gzip: .gzip
        case .bzip2: .bzip2
        case .xz: .xz
        case .zstd: .zstd
        default: nil
        }
    }

    /// Whether a file of this format is opened for its members.
    fileprivate var isContainer: Bool { [.ar, .tar, .cpio, .zip, .rpm, .iso].contains(self) }
}
