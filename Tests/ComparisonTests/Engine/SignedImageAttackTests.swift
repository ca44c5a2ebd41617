import TestSupport
import Testing

@testable import Comparison

/// Attacks on a signed PE image, as `vitrine compare` meets them: nothing but the bytes of a signature may differ from
/// the rebuild, which nobody signed.
@Suite struct SignedImageAttackTests {
    /// An image that ends at a multiple of eight, of this code.
    private static func image(code: UInt8 = 0xC3) -> PEBytes {
        var image = PEBytes.usual()
        image.symbols = []
        image.sections[0].content = [UInt8](repeating: code, count: image.sections[0].content.count)
        image.sections[1].name = ".debug"
        image.sections[1].content += [UInt8](repeating: 0, count: 512 - image.sections[1].content.count)
        return image
    }

    private static func signed(_ image: PEBytes, fill: UInt8 = 0xA5) -> PEBytes {
        var image = image
        image.certificates = PEBytes.certificate(signedMessage(200, fill: fill))
        return image
    }

    /// Runs `vitrine compare` on what was shipped and the unsigned rebuild.
    private static func compare(_ shipped: [UInt8]) throws -> Command {
        try TemporaryDirectory.with { folder in
            try TestFile.write(shipped, to: folder + "/shipped.exe")
            try TestFile.write(image().file(), to: folder + "/rebuilt.exe")
            let words = [BuiltPrograms.path("vitrine"), "compare", "shipped.exe", "rebuilt.exe"]
            return try Command.run("env", words, in: folder)
        }
    }

    private static func expect(
        _ grade: String,
        _ shipped: [UInt8],
        naming place: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let compared = try compare(shipped)
        #expect(compared.status == (grade == "different" ? 1 : 0), sourceLocation: sourceLocation)
        #expect(compared.text.hasSuffix("\n\(grade)"), "\(compared.text)", sourceLocation: sourceLocation)
        #expect(compared.text.contains(place), "\(compared.text)", sourceLocation: sourceLocation)
    }

    @Test func dataAppendedAfterAPESignature() throws {
        let signed = Self.signed(Self.image()).file()
        try Self.expect("identical-outside-signature", signed, naming: "signature certificate 0")
        try Self.expect(
            "different",
            signed + Array("payload!".utf8),
            naming: "overlay behind the certificate table, 8 bytes unexplained"
        )
        // Where the table is made longer to cover it.
        var covered = Self.image()
        covered.certificates = PEBytes.certificate(signedMessage(200) + Array("payload!".utf8))
        try Self.expect("different", covered.file(), naming: "padding behind the signature, 12 bytes unexplained")
        // And before the table, which the signature would cover.
        var overlay = Self.signed(Self.image())
        overlay.overlay = Array("payload!".utf8)
        try Self.expect("different", overlay.file(), naming: "overlay behind the last part, 8 bytes unexplained")
    }

    /// The certificate table of another file excuses nothing.
    ///
    /// Whether a signature is valid for the bytes that it stands on is not looked at: where all others are those of the
    /// rebuild, it is only a signature.
    @Test func rightSignatureOnAnotherImage() throws {
        let other = Self.signed(Self.image(code: 0xCC), fill: 0x5A)
        try Self.expect("different", other.file(), naming: "section .text, 40 bytes unexplained")
        var transplanted = Self.image(code: 0xCC)
        transplanted.certificates = Self.signed(Self.image()).certificates
        try Self.expect("different", transplanted.file(), naming: "section .text, 40 bytes unexplained")
        var own = Self.image()
        own.certificates = other.certificates
        try Self.expect("identical-outside-signature", own.file(), naming: "signature certificate 0")
    }
}
