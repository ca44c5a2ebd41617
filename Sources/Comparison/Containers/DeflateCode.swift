/// A code of RFC 1951 section 3.2.2, by which the next bits tell a symbol.
struct DeflateCode {
    private static let tableBitCount: UInt64 = 10
    /// After so many symbols the table has paid for itself; a short block is read without one.
    private static let tableThreshold = 64

    /// How many codes have each length.
    private var counts = [UInt16](repeating: 0, count: 16)
    /// The symbols that have a code, by their codes.
    private var symbols: [UInt16] = []
    /// For the next ten bits the symbol, and in the lowest four bits the length of its code; zero where that is longer.
    private var table: [UInt16] = []
    private var hasTable = false
    private var readCount = 0

    /// A code of nothing.
    init() {}

    /// The codes of section 3.2.6 for literals and lengths, and for distances.
    static let fixed: (literals: DeflateCode, distances: DeflateCode) = {
        func lengths(_ runs: (UInt8, Int)...) -> [UInt8] {
            runs.flatMap { length, count in [UInt8](repeating: length, count: count) }
        }
        var (literals, distances) = (DeflateCode(), DeflateCode())
        _ = literals.set(lengths((8, 144), (9, 112), (7, 24), (8, 8))[...])
        _ = distances.set(lengths((5, 32))[...])
        literals.makeTable()
        distances.makeTable()
        return (literals, distances)
    }()

    /// Makes this the code of `lengths`, which are at most 15; false where they make none.
    ///
    /// As in zlib: no two codes begin alike, and none is left over unless there is one code only, of one bit, or none.
    mutating func set(_ lengths: ArraySlice<UInt8>, mustBeComplete: Bool = false) -> Bool {
        for length in 0..<16 { counts[length] = 0 }
        for length in lengths { counts[Int(length & 15)] += 1 }
        var left = 1
        var starts = (0..<16).map { _ in 0 }
        for length in 1..<16 {
            left = left * 2 - Int(counts[length])
            guard left >= 0 else { return false }
            if length > 1 { starts[length] = starts[length - 1] + Int(counts[length - 1]) }
        }
        let symbolCount = lengths.count - Int(counts[0])
        guard left == 0 || !mustBeComplete && (symbolCount == 0 || symbolCount == 1 && counts[1] == 1) else {
            return false
        }
        symbols = [UInt16](repeating: 0, count: symbolCount)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            symbols[starts[Int(length)]] = UInt16(symbol)
            starts[Int(length)] += 1
        }
        (hasTable, readCount) = (false, 0)
        return true
    }

    /// Takes the next symbol; nil where the bits are none, or end.
    @inline(__always)
    mutating func symbol(_ bits: inout DeflateBits) -> Int? {
        if hasTable {
            let entry = table[Int(bits.held & (1 &<< Self.tableBitCount &- 1))]
            let length = UInt64(entry & 15)
            if length > 0 {
                guard length <= bits.heldCount else { return nil }
                bits.drop(length)
                return Int(entry &>> 4)
            }
        }
        return longSymbol(&bits)
    }

    /// Takes a symbol bit by bit.
    @inline(never)
    private mutating func longSymbol(_ bits: inout DeflateBits) -> Int? {
        if !hasTable {
            readCount += 1
            if readCount > Self.tableThreshold { makeTable() }
        }
        var (code, first, index) = (0, 0, 0)
        var rest = bits.held
        for length in 1..<16 {
            code |= Int(rest & 1)
            rest = rest &>> 1
            let count = Int(counts[length])
            if code - first < count {
                guard UInt64(length) <= bits.heldCount else { return nil }
                bits.drop(UInt64(length))
                return Int(symbols[index + code - first])
            }
            index += count
            first = (first + count) * 2
            code *= 2
        }
        return nil
    }

    private mutating func makeTable() {
        let size = 1 << Int(Self.tableBitCount)
        if table.isEmpty {
            table = [UInt16](repeating: 0, count: size)
        } else {
            for index in 0..<size { table[index] = 0 }
        }
        var (code, index) = (0, 0)
        for length in 1...Int(Self.tableBitCount) {
            code *= 2
            for _ in 0..<counts[length] {
                var (reversed, rest) = (0, code)
                for _ in 0..<length { (reversed, rest) = (reversed * 2 | rest & 1, rest / 2) }
                let entry = symbols[index] << 4 | UInt16(length)
                for place in stride(from: reversed, to: size, by: 1 << length) { table[place] = entry }
                code += 1
                index += 1
            }
        }
        hasTable = true
    }
}
