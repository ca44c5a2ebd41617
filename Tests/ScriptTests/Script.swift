import Testing

/// A script file: commands, one a line, then the files it starts with.
///
/// `Scripts/key.txt` explains the language.
struct Script: CustomTestStringConvertible {
    struct Command {
        /// Counted from 1, as an editor does.
        let line: Int
        let words: [String]
    }

    let name: String
    let commands: [Command]
    let files: [(name: String, content: String)]

    var testDescription: String { name }

    init(name: String, text: String) throws {
        var commands: [Command] = []
        var files: [(name: String, content: String)] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("-- "), line.hasSuffix(" --") {
                files.append((String(line.dropFirst(3).dropLast(3)), ""))
            } else if !files.isEmpty {
                files[files.count - 1].content += line + "\n"
            } else if !line.hasPrefix("#") {
                let words = try Self.words(of: line, number: index + 1)
                if !words.isEmpty {
                    commands.append(Command(line: index + 1, words: words))
                }
            }
        }
        self.name = name
        self.commands = commands
        self.files = files
    }

    /// Splits at blanks.
    ///
    /// Single quotes keep what they hold together; `''` inside them stands for one quote.
    private static func words(of line: Substring, number: Int) throws -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var rest = line
        while let character = rest.popFirst() {
            if isQuoted, character == "'", rest.first == "'" {
                word?.append(character)
                rest.removeFirst()
            } else if character == "'" {
                isQuoted.toggle()
                word = word ?? ""
            } else if isQuoted || (character != " " && character != "\t") {
                word = (word ?? "") + String(character)
            } else if let finished = word {
                words.append(finished)
                word = nil
            }
        }
        guard !isQuoted else {
            throw ScriptFailure(line: number, reason: "a quote is not closed")
        }
        return words + (word.map { [$0] } ?? [])
    }
}

/// A line of a script that did not do what it says.
struct ScriptFailure: Error {
    let line: Int
    let reason: String
}
