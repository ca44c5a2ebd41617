import SigningKeys

/// Two trusted keys that are one: an RSA key, and the same key restricted to PSS.
///
/// They have one id, so that one of them would be left out in silence, and with it the signatures under its scheme.
package struct TrustedKeyClash: Error, Sendable, CustomStringConvertible {
    /// The key that came first.
    package let first: Policy.TrustedKey
    /// The other form of it.
    package let second: Policy.TrustedKey

    /// Throws for the first key that another one is a form of; the very same key twice is no clash.
    package static func check(_ keys: [Policy.TrustedKey]) throws(TrustedKeyClash) {
        for (index, second) in keys.enumerated() {
            for first in keys[..<index] where first.key.keyID == second.key.keyID && first.key != second.key {
                throw TrustedKeyClash(first: first, second: second)
            }
        }
    }

    /// Both keys, in their forms.
    package var description: String {
        let forms =
            "\(ASCII.escape(first.name)) (\(first.key.typeName)) and \(ASCII.escape(second.name)) (\(second.key.typeName))"
        return "\(forms) are one key in two forms: trust the form that signs"
    }
}
