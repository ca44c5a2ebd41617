/// What a code signature says of how a program is run, where that follows from the program or grants nothing.
///
/// Of two signed files these parts are compared with each other. Where only one is signed there is nothing to compare them
/// with, and whatever is not listed here stays a part like any other (Apple, xnu, osfmk/kern/cs_blobs.h).
struct CodeSignatureClaims<Source: RandomAccessBytes> {
    private static var identifierCeiling: Int { 128 }

    private let reader: LayoutReader<Source>
    private let text: Range<UInt64>
    /// How long the executable segment is said to be: all of `__TEXT`, and by Apple's linker its code alone.
    private let limits: [UInt64]
    private let isProgram: Bool
    /// The version of the SDK that the linker noted; nil where there is none, or not one.
    private let sdk: UInt32?

    /// Takes the file that is signed.
    init(_ commands: MachOCommands<Source>) throws {
        reader = commands.reader
        text = commands.segments.first { $0.name == "__TEXT" }?.range ?? 0..<0
        // MH_EXECUTE.
        isProgram = commands.fileType == 2
        let code = commands.parts.filter { $0.name == "__TEXT,__text" }
        limits = [UInt64(text.count)] + (code.count == 1 ? [UInt64(code[0].range.count)] : [])
        sdk = try Self.sdk(commands)
    }

    /// The SDK of LC_BUILD_VERSION or LC_VERSION_MIN_MACOSX.
    private static func sdk(_ commands: MachOCommands<Source>) throws -> UInt32? {
        let (new, old) = (MachOCommandName.name(0x32), MachOCommandName.name(0x24))
        let versions = commands.parts.filter { $0.name == new || $0.name == old }
        guard versions.count == 1, let version = versions.first, version.range.count >= (version.name == new ? 24 : 16)
        else { return nil }
        let field = version.range.lowerBound + (version.name == new ? 16 : 12)
        return try commands.reader.fields(at: field, 4, version.name).u32(0)
    }

    /// Whether a header part of the code signature says nothing but what follows.
    func follow(_ region: FileLayout.Region) throws -> Bool {
        guard region.kind == .header, region.range.count <= 256 else { return false }
        let bytes = try reader.bytes(region.range)
        // Names that only a code directory gives to headers.
        switch region.name.split(separator: " ").first {
        case "flags": return bytes == [0] || bytes == [0, 1, 0]
        case "platform": return bytes == [0]
        case "identifier": return isIdentifier(bytes)
        case "rights": return isUsual(bytes)
        default: return false
        }
    }

    /// Whether it is a name in the letters of one, with the zero byte that ends it.
    private func isIdentifier(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 1, bytes.count <= Self.identifierCeiling, bytes.last == 0 else { return false }
        return bytes.dropLast().allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    /// Whether the executable segment is `__TEXT`, is that of a program where the file is one, and has no right beyond
    /// that; and whether the version of the runtime is that of the SDK, or none.
    private func isUsual(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 24 || bytes.count == 32, !text.isEmpty else { return false }
        let fields = BinaryFields(bytes[...], isBigEndian: true)
        guard fields.u64(0) == text.lowerBound, limits.contains(fields.u64(8)),
            fields.u64(16) == (isProgram ? 1 : 0)
        else { return false }
        guard bytes.count == 32 else { return true }
        return fields.u32(28) == 0 && (fields.u32(24) == 0 || fields.u32(24) == sdk)
    }
}
