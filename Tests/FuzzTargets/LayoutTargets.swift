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
    ]

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
