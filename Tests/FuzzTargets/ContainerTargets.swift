#if DEBUG  // Looks inside modules, which only a debug build lets it do.
@testable import Comparison

extension FuzzTarget {
    /// How containers divide their files.
    static let containers: [FuzzTarget] = [
        layoutTarget("tar-layout", TarLayout.layout),
        layoutTarget("zip-layout", ZipLayout.layout),
        layoutTarget("ar-layout", ArLayout.layout),
        layoutTarget("gzip-layout") { bytes in
            // What an inflater could have taken, then what the file alone says.
            for taken in [1, 2, bytes.count, .max] as [UInt64] {
                _ = try? checked(GzipLayout.layout(of: bytes, deflateCounts: [taken, taken]), bytes.count)
                _ = try? checked(GzipLayout.layout(of: bytes, deflateCounts: [taken]), bytes.count)
            }
            return try GzipLayout.layout(of: bytes)
        },
        layoutTarget("xz-layout", XzLayout.layout),
        layoutTarget("zstd-layout", ZstdLayout.layout),
        layoutTarget("cpio-layout", CpioLayout.layout),
        layoutTarget("rpm-layout", RpmLayout.layout),
        FuzzTarget("deflate-walk") { bytes in
            guard let count = inflatedCount(bytes) else { return false }
            // It ends where it ends, and has one size.
            promise(inflatedCount(bytes + [0]) == nil && inflatedCount(Array(bytes.dropLast())) == nil)
            promise(inflatedCount(bytes, ceiling: count) == count)
            promise(count == 0 || inflatedCount(bytes, ceiling: count - 1) == nil)
            return true
        },
    ]

    /// How many bytes come out of deflated bytes; nil where they are refused, as more than some megabytes are.
    private static func inflatedCount(_ bytes: [UInt8], ceiling: UInt64 = 1 << 24) -> UInt64? {
        var walk = DeflateWalk(BytesInMemory(bytes))
        var room = DeflateRoom(contentCount: ceiling, streamCount: 1)
        do {
            return try walk.walk(ceiling: ceiling, &room)
        } catch {
            promise(error is MalformedLayout)
            return nil
        }
    }

    private static func layoutTarget(
        _ name: String,
        _ read: @escaping @Sendable (any RandomAccessBytes) throws -> ContainerLayout
    ) -> FuzzTarget {
        FuzzTarget(name) { bytes in
            _ = FormatSniffer.format(of: bytes)
            let file = BytesInMemory(bytes)
            do {
                _ = checked(try read(file), file.count)
                return true
            } catch {
                promise(error is MalformedLayout)
                return false
            }
        }
    }

    /// Every byte is in one region, and every content of a member in a region for contents.
    private static func checked(_ container: ContainerLayout, _ count: UInt64) -> ContainerLayout {
        var end: UInt64 = 0
        var contents: [Range<UInt64>] = []
        for region in container.layout.regions {
            promise(region.range.lowerBound == end && !region.range.isEmpty)
            promise(region.name.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            end = region.range.upperBound
            if region.kind == .member { contents.append(region.range) }
        }
        promise(end == count && container.members.map(\.content).filter { !$0.isEmpty } == contents)
        return container
    }
}
#endif
