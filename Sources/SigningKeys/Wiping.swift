internal import COpenSSL

/// Overwrites `bytes` with zeros in a way the optimiser keeps.
///
/// Other copies of the array, where there are any, keep what they hold.
package func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    }
}
