/// How a key signs.
///
/// The scheme is a property of the trusted key and never of a message: nothing in an envelope can choose another.
package enum SignatureScheme: String, Sendable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2), of every key that says `rsaEncryption`.
    case rsaPKCS1SHA256 = "rsassa-pkcs1-v1_5-sha256"
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes (RFC 8017 section 8.1), of keys that say
    /// `id-RSASSA-PSS` with exactly these parameters.
    case rsaPSSSHA256 = "rsassa-pss-sha256"
    /// ECDSA over P-256 with SHA-256 (FIPS 186-4).
    case ecdsaP256SHA256 = "ecdsa-p256-sha256"
    /// Ed25519 (RFC 8032).
    case ed25519 = "ed25519"
}
