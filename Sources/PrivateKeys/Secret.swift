internal import COpenSSL
internal import SigningKeys

/// Bytes that must not outlive their use: a passphrase, an unencrypted private key.
///
/// They are overwritten when the last reference goes, and printing, interpolating or mirroring a secret shows that
/// it is one and nothing else. Memory is not locked: a swapped page or a core dump may hold the bytes.
@safe
package final class Secret: Sendable {
    // Written in init and freed in deinit, only read in between: hence safe to share.
    nonisolated(unsafe) private let storage: UnsafeMutableBufferPointer<UInt8>

    /// How many bytes there are.
    package var count: Int { unsafe storage.count }

    /// Copies `bytes`; the caller's own copy stays the caller's to wipe.
    package init(_ bytes: Span<UInt8>) {
        unsafe storage = .allocate(capacity: bytes.count)
        for index in bytes.indices {
            unsafe storage.initializeElement(at: index, to: bytes[index])
        }
    }

    /// Copies `bytes` and overwrites the original with zeros.
    package convenience init(wiping bytes: inout [UInt8]) {
        self.init(bytes.span)
        wipe(&bytes)
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// Lends the bytes to `body`, which must not keep a copy.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe Span(_unsafeElements: storage))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that this is a secret.
    package var description: String { "(secret)" }
    /// Says that this is a secret.
    package var debugDescription: String { description }
    /// Shows no bytes and no count.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
