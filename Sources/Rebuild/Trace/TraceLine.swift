/// One line of `strace -f -y -qq`: a process, and a system call or a part of one.
///
/// Strict: a line that cannot be read is nil, and a trace with such a line is not complete.
struct TraceLine: Hashable, Sendable {
    /// What a line can be.
    enum Content: Hashable, Sendable {
        /// A call with its result.
        case call(name: String, arguments: [[UInt8]], result: Result)
        /// The beginning of a call whose end comes later: everything from the name on.
        case unfinished([UInt8])
        /// The end of such a call: everything behind `resumed>`.
        case resumed([UInt8])
        /// A signal or the end of a process.
        case event
    }

    /// What a call returned.
    enum Result: Hashable, Sendable {
        /// A number that is not negative, and for a descriptor the path of the open file.
        case success(path: [UInt8]?)
        /// An error, or no return at all.
        case failure
    }

    /// The process.
    let process: Int32
    /// What it did.
    let content: Content

    /// Reads a line without its LF.
    init?(_ line: ArraySlice<UInt8>) {
        let digits = line.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count), let process = Int32(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        // A number of few digits is padded.
        let rest = line.dropFirst(digits.count).drop { $0 == UInt8(ascii: " ") }
        guard rest.startIndex > digits.endIndex, !rest.isEmpty else { return nil }
        self.process = process
        guard let content = TraceLine.content(rest) else { return nil }
        self.content = content
    }

    private static func content(_ text: ArraySlice<UInt8>) -> Content? {
        if text.starts(with: "+++ ".utf8) || text.starts(with: "--- ".utf8) { return .event }
        let mark = Array("<... ".utf8)
        if text.starts(with: mark) {
            let end = Array(" resumed>".utf8)
            let name = text.dropFirst(mark.count).prefix(while: isNameByte)
            let rest = text.dropFirst(mark.count + name.count)
            return !name.isEmpty && rest.starts(with: end) ? .resumed(Array(rest.dropFirst(end.count))) : nil
        }
        let unfinished = Array(" <unfinished ...>".utf8)
        if text.count > unfinished.count, text.suffix(unfinished.count).elementsEqual(unfinished) {
            return .unfinished(Array(text.dropLast(unfinished.count)))
        }
        return call(text)
    }

    /// Reads `name(argument, …) = result`, also when it was put together of two lines.
    static func call(_ text: ArraySlice<UInt8>) -> Content? {
        let name = text.prefix(while: isNameByte)
        var rest = text.dropFirst(name.count)
        guard !name.isEmpty, rest.first == UInt8(ascii: "(") else { return nil }
        rest = rest.dropFirst()
        guard let (arguments, end) = TraceArguments.split(rest) else { return nil }
        let tail = rest[end...].drop { $0 == UInt8(ascii: " ") }
        guard tail.first == UInt8(ascii: "=") else { return nil }
        guard let result = result(tail.dropFirst().drop { $0 == UInt8(ascii: " ") }) else { return nil }
        return .call(name: String(decoding: name, as: UTF8.self), arguments: arguments, result: result)
    }

    private static func result(_ text: ArraySlice<UInt8>) -> Result? {
        guard let first = text.first else { return nil }
        // `?` where the process did not live to see a result.
        if first == UInt8(ascii: "-") || first == UInt8(ascii: "?") { return .failure }
        let digits = text.prefix { isNameByte($0) }
        guard (0x30...0x39).contains(first), !digits.isEmpty else { return nil }
        let rest = text.dropFirst(digits.count)
        guard rest.first == UInt8(ascii: "<") else { return .success(path: nil) }
        guard let (path, _) = TraceArguments.bracketed(rest) else { return nil }
        return .success(path: path)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte >= 0x41 || byte == 0x5F
    }
}

/// The arguments of a call as strace writes them.
enum TraceArguments {
    /// Divides `a, "b", {c, d})…` at the commas of the outermost level; the arguments, and the place behind the `)`.
    static func split(_ text: ArraySlice<UInt8>) -> (arguments: [[UInt8]], end: Int)? {
        var arguments: [[UInt8]] = []
        var current: [UInt8] = []
        var depth = 0
        var place = text.startIndex
        while place < text.endIndex {
            let byte = text[place]
            switch byte {
            case UInt8(ascii: "\""):
                guard let end = endOfString(text, from: place) else { return nil }
                current += text[place..<end]
                place = end
                continue
            case UInt8(ascii: "<") where current.last != byte && !text[place...].starts(with: "<<".utf8):
                guard let end = text[place...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
                current += text[place...end]
                place = end + 1
                continue
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")") where depth == 0:
                let last = trimmed(current)
                if !last.isEmpty || !arguments.isEmpty { arguments.append(last) }
                return (arguments, place + 1)
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                guard depth >= 0 else { return nil }
            case UInt8(ascii: ",") where depth == 0:
                arguments.append(trimmed(current))
                current = []
                place += 1
                continue
            default: break
            }
            current.append(byte)
            place += 1
        }
        return nil
    }

    /// The bytes of a quoted string at the start of an argument; nil for anything else, and for one that was cut.
    static func string(_ argument: [UInt8]) -> [UInt8]? {
        guard argument.first == UInt8(ascii: "\""), let end = endOfString(argument[...], from: 0),
            end == argument.count
        else { return nil }
        return unescape(argument[1..<(end - 1)])
    }

    /// The path of an argument such as `3</tmp/a>` or `AT_FDCWD</build>`; nil where it has none.
    static func path(_ argument: [UInt8]) -> [UInt8]? {
        guard let start = argument.firstIndex(of: UInt8(ascii: "<")) else { return nil }
        return bracketed(argument[start...])?.path
    }

    /// The bytes between `<` and `>`, and the place behind; strace escapes both inside.
    static func bracketed(_ text: ArraySlice<UInt8>) -> (path: [UInt8], end: Int)? {
        guard text.first == UInt8(ascii: "<"), let end = text.firstIndex(of: UInt8(ascii: ">")),
            let path = unescape(text[(text.startIndex + 1)..<end])
        else { return nil }
        return (path, end + 1)
    }

    /// Whether a flags argument has the flag.
    static func has(_ flag: String, _ argument: [UInt8]) -> Bool {
        argument.split(separator: UInt8(ascii: "|")).contains { $0.elementsEqual(flag.utf8) }
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes.drop { $0 == UInt8(ascii: " ") })
    }

    /// The place behind the quote that ends the string beginning at `start`.
    private static func endOfString(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
        var place = start + 1
        while place < text.endIndex {
            switch text[place] {
            case UInt8(ascii: "\\"): place += 2
            case UInt8(ascii: "\""): return place + 1
            default: place += 1
            }
        }
        return nil
    }

    /// Undoes strace's escapes: those of C, with one to three octal digits, or `\x` and two.
    private static func unescape(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var place = text.startIndex
        while place < text.endIndex {
            let byte = text[place]
            place += 1
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            guard place < text.endIndex else { return nil }
            let next = text[place]
            if (0x30...0x37).contains(next) {
                var value = 0
                var count = 0
                while count < 3, place < text.endIndex, (0x30...0x37).contains(text[place]) {
                    value = value * 8 + Int(text[place] - 0x30)
                    place += 1
                    count += 1
                }
                guard let byte = UInt8(exactly: value) else { return nil }
                output.append(byte)
                continue
            }
            place += 1
            switch next {
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "v"): output.append(0x0B)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): output.append(next)
            default: return nil
            }
        }
        return output
    }
}
