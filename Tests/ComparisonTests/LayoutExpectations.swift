import Comparison
import TestSupport
import Testing

/// Writes the numbers of a binary format.
struct ByteWriter {
    var bytes: [UInt8] = []
    var isBigEndian = false

    mutating func number(_ value: UInt64, _ size: Int) {
        let digits = (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        bytes += isBigEndian ? digits.reversed() : digits
    }

    mutating func u16(_ values: UInt64...) { for value in values { number(value, 2) } }
    mutating func u32(_ values: UInt64...) { for value in values { number(value, 4) } }
    mutating func u64(_ values: UInt64...) { for value in values { number(value, 8) } }

    /// A name filled with zeros.
    mutating func name(_ name: String, _ size: Int) {
        bytes += Array(name.utf8) + [UInt8](repeating: 0, count: size - name.utf8.count)
    }

    /// Fills with zeros up to a multiple of `alignment`.
    mutating func align(_ alignment: Int) {
        while bytes.count % alignment != 0 { bytes.append(0) }
    }
}

extension [UInt8] {
    /// The same bytes with others in place at `offset`.
    func with(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
        Array(prefix(offset)) + bytes + dropFirst(offset + bytes.count)
    }
}

/// An element of DER.
func der(_ tag: UInt8, _ content: [UInt8]...) -> [UInt8] {
    let content = content.flatMap { $0 }
    let digits = (0..<3).map { UInt8(truncatingIfNeeded: content.count >> (16 - 8 * $0)) }.drop { $0 == 0 }
    let long = [0x80 | UInt8(digits.count)] + digits
    return [tag] + (content.count < 0x80 ? [UInt8(content.count)] : long) + content
}

/// A message as `openssl cms` makes it, built as it must be but with arbitrary values.
enum MessageBytes {
    static let algorithm = der(0x30, [0x06, 1, 0x2A])

    /// A SignerInfo with `name` as issuer; `unsigned` are the attributes that nothing signs.
    static func signer(_ signature: [UInt8], name: [UInt8] = [], unsigned: [UInt8] = []) -> [UInt8] {
        let value = der(0x04, signature)
        return der(0x30, [2, 1, 1], der(0x30, name), algorithm, algorithm, value, unsigned)
    }

    /// What a SignedData holds; `lists` are the certificates and the lists of revoked ones.
    static func content(_ signers: [UInt8], lists: [UInt8] = []) -> [UInt8] {
        let data: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]
        return [2, 1, 1] + der(0x31) + der(0x30, data) + lists + der(0x31, signers)
    }

    /// The whole message.
    static func message(_ content: [UInt8]) -> [UInt8] {
        let identifier: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
        return der(0x30, identifier, der(0xA0, der(0x30, content)))
    }
}

/// A signed message whose SignedData has exactly `size` bytes, at least 45 of them.
func signedMessage(_ size: Int, fill: UInt8 = 0xA5) -> [UInt8] {
    for count in max(0, size - 60)...size {
        for name in 0..<4 where name != 1 {
            let issuer = name == 0 ? [] : der(0x04, [UInt8](repeating: 0, count: name - 2))
            let signer = MessageBytes.signer([UInt8](repeating: fill, count: count), name: issuer)
            let content = MessageBytes.content(signer)
            if content.count == size { return MessageBytes.message(content) }
        }
    }
    Issue.record("no message has \(size) bytes")
    return []
}

/// A format under test.
typealias Reading = @Sendable ([UInt8]) throws -> FileLayout

/// Whether `bytes` have a layout; fails where it does not hold together, or the error is not ``MalformedLayout``.
func isRead(_ bytes: [UInt8], _ read: @escaping Reading) -> Bool {
    do {
        expectWhole(try read(bytes), UInt64(bytes.count))
        return true
    } catch let error as MalformedLayout {
        if error.offset > UInt64(bytes.count) { Issue.record("\(error) is behind the end of \(bytes.count) bytes") }
        return false
    } catch {
        Issue.record("\(error)")
        return false
    }
}

/// Expects that the parts cover every byte once, and that the symbols are in order and within the file.
func expectWhole(_ layout: FileLayout, _ count: UInt64) {
    var end: UInt64 = 0
    var isWhole = true
    for region in layout.regions {
        isWhole = isWhole && region.range.lowerBound == end && !region.range.isEmpty
        end = region.range.upperBound
    }
    let starts = layout.symbols.map(\.range.lowerBound)
    isWhole = isWhole && end == count && starts == starts.sorted()
    isWhole = isWhole && layout.symbols.allSatisfy { !$0.range.isEmpty && $0.range.upperBound <= count }
    // One comparison for each case: thousands of expectations are slow.
    if !isWhole { Issue.record("a layout that does not cover \(count) bytes once: \(layout.regions)") }
}

/// Reads every beginning of a good file and every change of one of its bytes, and then thousands of random changes.
///
/// Of most of these nothing is known but that reading them ends.
func survives(_ good: [UInt8], _ read: @escaping Reading, seed: UInt64, randomCases: Int = 7000) {
    if !isRead(good, read) { Issue.record("the file that everything else begins with is refused") }
    for end in good.indices { _ = isRead(Array(good[..<end]), read) }
    for place in good.indices {
        for change: UInt8 in [0x01, 0x80, 0xFF] {
            var changed = good
            changed[place] ^= change
            _ = isRead(changed, read)
        }
    }
    var generator = SeededGenerator(seed: seed)
    let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
    for _ in 0..<randomCases {
        var changed = good
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let place = Int.random(in: 0..<changed.count, using: &generator)
            let length = Int.random(in: 1...8, using: &generator)
            for index in place..<min(place + length, changed.count) {
                changed[index] =
                    Bool.random(using: &generator)
                    ? extremes[Int.random(in: 0..<6, using: &generator)] : UInt8.random(in: 0...255, using: &generator)
            }
        }
        if Bool.random(using: &generator) { changed.removeLast(Int.random(in: 0..<changed.count, using: &generator)) }
        _ = isRead(changed, read)
    }
}

extension FileLayout {
    /// The bytes of the parts of a kind.
    func bytes(_ kind: Region.Kind, of file: [UInt8]) -> [[UInt8]] {
        regions.filter { $0.kind == kind }.map { Array(file[Int($0.range.lowerBound)..<Int($0.range.upperBound)]) }
    }

    /// The first part with a name.
    func named(_ name: String) -> Region? { regions.first { $0.name == name } }
}
