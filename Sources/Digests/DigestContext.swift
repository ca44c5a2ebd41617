internal import COpenSSL

/// The one owner of an `EVP_MD_CTX`.
@safe
struct DigestContext: ~Copyable {
    private let context: OpaquePointer
    private let method: OpaquePointer

    /// Allocates a context and starts its first message.
    init(_ method: Method) {
        unsafe self.method = method.pointer
        guard let context = unsafe EVP_MD_CTX_new() else {
            fatalError("libcrypto: no memory for a digest context")
        }
        unsafe self.context = context
        start()
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds `bytes` to the message.
    borrowing func update(_ bytes: RawSpan) {
        let done = unsafe bytes.withUnsafeBytes { buffer in
            unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
        check(done)
    }

    /// Ends the message and starts a new one; a shorter value than 32 bytes is followed by zeros.
    borrowing func finish() -> InlineArray<32, UInt8> {
        var value = InlineArray<32, UInt8>(repeating: 0)
        var span = value.mutableSpan
        let done = unsafe span.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
        }
        check(done)
        start()
        return value
    }

    private borrowing func start() {
        check(unsafe EVP_DigestInit_ex2(context, method, nil))
    }

    /// A digest of libcrypto's default provider fails only when the process has no memory or is corrupt.
    private borrowing func check(_ done: Int32) {
        guard done == 1 else { fatalError("libcrypto: a digest operation failed") }
    }
}

extension DigestContext {
    /// A fetched `EVP_MD`, kept for the life of the process.
    @safe
    struct Method: @unchecked Sendable {
        // An EVP_MD is immutable once fetched, and OpenSSL documents its use from several threads
        // (openssl-threads(7)); OpaquePointer itself can never be Sendable, hence @unchecked.
        fileprivate let pointer: OpaquePointer

        static let sha256 = Method("SHA256")
        static let sha1 = Method("SHA1")

        private init(_ name: String) {
            LibCrypto.start()
            guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
                fatalError("libcrypto: \(name) is not available")
            }
            unsafe self.pointer = pointer
        }
    }
}
