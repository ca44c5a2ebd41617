import Encodings
import Glibc

/// A command-line argument whose bytes survive being a `String`, which is what ArgumentParser works with.
///
/// A byte that is not part of well-formed UTF-8 becomes the scalar U+10FF00 plus the byte. An argument that holds one
/// of those scalars itself has its four bytes spelled so, which makes the way back exact for every argument.
enum RawArgument {
    private static let base: UInt32 = 0x10FF00

    /// The arguments of this process without its name, as bytes.
    static func ofProcess() -> [[UInt8]] {
        var arguments: [[UInt8]] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { break }
            arguments.append(unsafe (0..<strlen(argument)).map { UInt8(bitPattern: unsafe argument[$0]) })
        }
        return arguments
    }

    /// The string that stands for an argument.
    static func string(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        var place = 0
        while place < bytes.count {
            if let (scalar, length) = scalar(bytes, at: place), scalar.value < base {
                scalars.append(scalar)
                place += length
            } else {
                if let scalar = Unicode.Scalar(base + UInt32(bytes[place])) { scalars.append(scalar) }
                place += 1
            }
        }
        return String(scalars)
    }

    /// The bytes that a string stands for.
    static func bytes(_ string: String) -> [UInt8] {
        string.unicodeScalars.flatMap { scalar in
            scalar.value >= base && scalar.value <= base + 0xFF
                ? [UInt8(truncatingIfNeeded: scalar.value - base)] : Array(String(scalar).utf8)
        }
    }

    private static func scalar(_ bytes: [UInt8], at place: Int) -> (Unicode.Scalar, length: Int)? {
        for length in 1...4 where place + length <= bytes.count {
            guard let text = Text(utf8: Array(bytes[place..<place + length])) else { continue }
            return text.string.unicodeScalars.first.map { ($0, length) }
        }
        return nil
    }
}
