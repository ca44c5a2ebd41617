internal import COpenSSL

/// The start of libcrypto.
package enum LibCrypto {
    /// Starts libcrypto without reading its configuration file; to be called before anything else of it.
    ///
    /// `openssl.cnf`, or the file that `OPENSSL_CONF` names, can load other code into the process and change what
    /// is accepted. A verdict must not depend on it.
    package static func start() {
        _ = started
    }

    private static let started: Bool = {
        // OPENSSL_INIT_NO_LOAD_CONFIG; the library starts without it at the first call otherwise.
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1
    }()
}
