#if DEBUG  // Looks inside modules, which only a debug build lets it do.
@testable import ArchiveWorker

extension FuzzTarget {
    /// What the reader of archives tells its parent.
    static let archiveFrames: [FuzzTarget] = [
        FuzzTarget("member-header") { bytes in
            guard let header = MemberHeader(decoding: bytes) else { return false }
            // A size that is not said is written as zero, whatever stood there.
            promise(MemberHeader(decoding: header.encoded) == header)
            return true
        }
    ]
}
#endif
