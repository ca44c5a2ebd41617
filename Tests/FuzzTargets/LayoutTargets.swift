#if DEBUG  // Looks inside modules, which only a debug build lets it do.
@testable import Comparison

extension FuzzTarget {
    /// Formats of programs, whose parts a comparison names.
    static let layouts: [FuzzTarget] = [
        FuzzTarget("elf-layout") { bytes in
            isWhole(bytes) { try ELFLayout.layout(of: BytesInMemory(bytes)) }
        },
        FuzzTarget("pe-layout") { bytes in
            isWhole(bytes) { try PELayout.layout(of: BytesInMemory(bytes)) }
        },
        FuzzTarget("macho-layout") { bytes in
            isWhole(bytes) { try MachOLayout.layout(of: BytesInMemory(bytes)) }
        },
        FuzzTarget("macho-signatures") { bytes in isSignedPair(bytes) },
    ]

    /// Two files, the first behind its length of two bytes: whether what follows from a signature was found in them.
    private static func isSignedPair(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return false }
        let length = min(Int(bytes[0]) << 8 | Int(bytes[1]), bytes.count - 2)
        let (one, other) = (Array(bytes[2..<2 + length]), Array(bytes[(2 + length)...]))
        do {
            let layouts = (
                try MachOLayout.layout(of: BytesInMemory(one)), try MachOLayout.layout(of: BytesInMemory(other))
            )
            let marked = try CodeSignaturePair.layouts(
                BytesInMemory(one),
                layouts.0,
                BytesInMemory(other),
                layouts.1
            )
            promise(isWhole(one) { marked.shipped } && isWhole(other) { marked.rebuilt })
            // Marking takes nothing away from a signature.
            for (before, after) in [(layouts.0, marked.shipped), (layouts.1, marked.rebuilt)] {
                promise(
                    before.regions.allSatisfy { region in
                        region.kind != .signature || after.region(containing: region.range.lowerBound) == region
                    }
                )
            }
            return marked.shipped != layouts.0
        } catch {
            promise(error is MalformedLayout)
            return false
        }
    }

    /// Whether there is a layout; where there is, it has every byte once, and any other error is a broken promise.
    private static func isWhole(_ bytes: [UInt8], _ read: () throws -> FileLayout) -> Bool {
        do {
            let layout = try read()
            var end: UInt64 = 0
            for region in layout.regions {
                promise(region.range.lowerBound == end && !region.range.isEmpty)
                end = region.range.upperBound
            }
            promise(end == UInt64(bytes.count))
            promise(layout.symbols.allSatisfy { !$0.range.isEmpty && $0.range.upperBound <= end })
            promise(
                zip(layout.symbols, layout.symbols.dropFirst()).allSatisfy {
                    $0.range.lowerBound <= $1.range.lowerBound
                }
            )
            return true
        } catch {
            promise(error is MalformedLayout)
            return false
        }
    }
}
#endif
