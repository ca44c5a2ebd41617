/// The shape of the memory that a worker and its parent share.
package enum SharedSlots {
    /// The number of slots.
    package static let count = 4
    /// The length of one slot, in bytes.
    package static let byteCount = 1 << 20
    /// The length of all, in bytes.
    package static let totalByteCount = count * byteCount
    /// The descriptor of the memory in a worker.
    package static let descriptor: Int32 = 3
}
