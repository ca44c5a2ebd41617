import Synchronization

/// Room for what a statement lists of one source, of one kind: attributes, or pointers to large files.
///
/// A file of 1 MiB at a million paths must not become a million lists. No statement that could be read holds more than
/// there is room for.
package final class RecordRoom: Sendable {
    /// How many records there is room for; 8 MiB, the largest payload of an envelope, hold fewer.
    package static let ceiling = 1 << 17

    private let remaining = Atomic<Int>(ceiling)
    private let unlisted = Atomic<Int>(0)

    /// Starts empty.
    package init() {}

    /// Takes room for `count` records; false, and they count as unlisted, where there is not that much.
    package func take(_ count: Int) -> Bool {
        var current = remaining.load(ordering: .relaxed)
        while count <= current {
            let (exchanged, original) = remaining.weakCompareExchange(
                expected: current,
                desired: current - count,
                ordering: .relaxed
            )
            if exchanged { return true }
            current = original
        }
        unlisted.add(count, ordering: .relaxed)
        return false
    }

    /// How many records found no room.
    package var unlistedCount: Int { unlisted.load(ordering: .relaxed) }
}
