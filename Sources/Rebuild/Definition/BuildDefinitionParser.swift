import Attestations
package import Encodings

/// Why a file is no build definition.
package enum MalformedBuildDefinition: Error, Hashable, Sendable {
    case tooLarge(bytes: Int)
    case notJSON(MalformedJSON)
    case unexpected(UnexpectedJSON)
}

extension MalformedBuildDefinition: CustomStringConvertible {
    /// The place and the reason.
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "build definition of \(bytes) bytes, at most \(BuildDefinition.maximumByteCount)"
        case .notJSON(let error): "build definition: \(error)"
        case .unexpected(let error): "build definition: \(error)"
        }
    }
}

extension BuildDefinition {
    /// The most bytes of a definition, 1 MiB.
    package static let maximumByteCount = 1 << 20
    /// The value of `format`.
    package static let format: Text = "vitrine-build/v1"
    /// The most commands, outputs, variables, packages, directories and third-party files, each.
    package static let maximumCount = 1_000
    /// The variables that Vitrine sets itself.
    package static let fixedVariables: [Text] = ["LC_ALL", "PWD", "SOURCE_DATE_EPOCH", "TZ"]

    /// Reads a definition, strictly: unknown fields are refused at every level.
    package init(parsing bytes: [UInt8]) throws(MalformedBuildDefinition) {
        guard bytes.count <= BuildDefinition.maximumByteCount else { throw .tooLarge(bytes: bytes.count) }
        let json: JSON
        do throws(MalformedJSON) { json = try JSON(parsing: bytes) } catch { throw .notJSON(error) }
        do throws(UnexpectedJSON) { try self.init(json) } catch { throw .unexpected(error) }
    }

    private init(_ json: JSON) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: "")
        try fields.value("format", expected: BuildDefinition.format.string) { $0 == BuildDefinition.format ? () : nil }
        commands = try fields.some("commands") { (json, place) throws(UnexpectedJSON) in
            try BuildDefinition.command(json, place)
        }
        outputs = try fields.some("outputs") { (json, place) throws(UnexpectedJSON) in
            try BuildDefinition.text(json, place, expected: "an escaped path") { try? TreePath(escaped: $0.utf8) }
        }
        environment = try BuildDefinition.variables(fields.optional("environment"), at: "environment")
        toolchain = try Toolchain(try fields.required("toolchain"), at: "toolchain")
        if let second = fields.optional("secondToolchain") {
            secondToolchain = try Toolchain(second, at: "secondToolchain")
        } else {
            secondToolchain = nil
        }
        limits = try Limits(fields.optional("limits"))
        thirdParty = try BuildDefinition.thirdParty(fields.optional("thirdParty"))
        sourceDateEpoch = try BuildDefinition.epoch(fields.optional("sourceDateEpoch"))
        try fields.finish()
        try checkOutputs()
    }

    /// No output twice, and none beneath another.
    private func checkOutputs() throws(UnexpectedJSON) {
        let sorted = outputs.sorted()
        for (first, second) in zip(sorted, sorted.dropFirst()) where first == second {
            throw UnexpectedJSON("outputs", .badValue(expected: "each path once"))
        }
        for output in outputs where outputs.contains(where: { output.isBeneath($0) }) {
            throw UnexpectedJSON("outputs", .badValue(expected: "no path beneath another"))
        }
    }

    private static func command(_ json: JSON, _ place: String) throws(UnexpectedJSON) -> [Text] {
        guard case .array(let words) = json, (1...maximumCount * 10).contains(words.count) else {
            throw UnexpectedJSON(place, .wrongType(expected: "a program and its arguments"))
        }
        var command: [Text] = []
        for (index, word) in words.enumerated() {
            command.append(
                try text(word, "\(place)[\(index)]", expected: "a text without NUL") {
                    $0.utf8.contains(0) || (index == 0 && $0.utf8.isEmpty) ? nil : $0
                }
            )
        }
        return command
    }

    fileprivate static func variables(_ json: JSON?, at place: String) throws(UnexpectedJSON) -> [Variable] {
        guard let json else { return [] }
        guard case .object(let members) = json, members.count <= maximumCount else {
            throw UnexpectedJSON(place, .wrongType(expected: "an object of names and values"))
        }
        var variables: [Variable] = []
        for member in members {
            let place = "\(place).\(String(decoding: TreePath.escape(member.name.utf8), as: UTF8.self))"
            guard isVariableName(member.name) else {
                throw UnexpectedJSON(place, .badValue(expected: "a name of letters, digits and _"))
            }
            guard !fixedVariables.contains(member.name) else {
                throw UnexpectedJSON(place, .badValue(expected: "a variable that is not fixed"))
            }
            let value = try text(member.value, place, expected: "a text without NUL") {
                $0.utf8.contains(0) ? nil : $0
            }
            variables.append(Variable(name: member.name, value: value))
        }
        return variables
    }

    private static func isVariableName(_ name: Text) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }

    private static func thirdParty(_ json: JSON?) throws(UnexpectedJSON) -> [ThirdParty] {
        guard let json else { return [] }
        var files: [ThirdParty] = []
        for (item, place) in try elements(json, "thirdParty") {
            var fields = try JSONFields(item, at: place)
            let name = try fields.text("name")
            let digest = try fields.value("sha256", expected: "64 lower-case hex digits") { Digest(hex: $0) }
            try fields.finish()
            files.append(ThirdParty(name: name, digest: digest))
        }
        return files
    }

    private static func epoch(_ json: JSON?) throws(UnexpectedJSON) -> UInt64? {
        guard let json else { return nil }
        guard case .integer(let value) = json, let seconds = Timestamp(seconds: value)?.seconds else {
            throw UnexpectedJSON("sourceDateEpoch", .badValue(expected: "seconds since 1970"))
        }
        return UInt64(seconds)
    }

    /// The elements of an optional array with the places they have in errors.
    static func elements(_ json: JSON, _ place: String) throws(UnexpectedJSON) -> [(json: JSON, place: String)] {
        guard case .array(let values) = json, values.count <= maximumCount else {
            throw UnexpectedJSON(place, .wrongType(expected: "an array of at most \(maximumCount)"))
        }
        return values.enumerated().map { ($1, "\(place)[\($0)]") }
    }

    static func text<Value>(
        _ json: JSON,
        _ place: String,
        expected: String,
        _ read: (Text) -> Value?
    ) throws(UnexpectedJSON) -> Value {
        guard case .string(let text) = json, let value = read(text) else {
            throw UnexpectedJSON(place, .badValue(expected: expected))
        }
        return value
    }
}

extension BuildDefinition.Limits {
    fileprivate init(_ json: JSON?) throws(UnexpectedJSON) {
        self.init()
        guard let json else { return }
        var fields = try JSONFields(json, at: "limits")
        for (name, path, ceiling) in BuildDefinition.Limits.ceilings {
            guard let value = fields.optional(name) else { continue }
            guard case .integer(let number) = value, let count = UInt64(exactly: number), (1...ceiling).contains(count)
            else { throw UnexpectedJSON(fields.place(of: name), .badValue(expected: "a number from 1 to \(ceiling)")) }
            self[keyPath: path] = count
        }
        try fields.finish()
    }
}

extension BuildDefinition.Toolchain {
    fileprivate init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        let packages = fields.optional("debianPackages")
        let root = fields.optional("rootFileSystem")
        switch (packages, root) {
        case (let packages?, nil): base = .debianPackages(try Self.packages(packages, "\(place).debianPackages"))
        case (nil, let root?): base = .rootFileSystem(try HashedDirectory(root, at: "\(place).rootFileSystem"))
        default: throw UnexpectedJSON(place, .badValue(expected: "one of debianPackages and rootFileSystem"))
        }
        var directories: [HashedDirectory] = []
        if let list = fields.optional("directories") {
            for (item, place) in try BuildDefinition.elements(list, "\(place).directories") {
                let directory = try HashedDirectory(item, at: place)
                if let own = ToolchainDirectory.placeOfSandbox(over: directory.path) {
                    let expected = "a directory that is not at or below \(own), which the sandbox makes itself"
                    throw UnexpectedJSON("\(place).path", .badValue(expected: expected))
                }
                directories.append(directory)
            }
        }
        self.directories = directories
        environment = try BuildDefinition.variables(fields.optional("environment"), at: "\(place).environment")
        try fields.finish()
    }

    private static func packages(_ json: JSON, _ place: String) throws(UnexpectedJSON) -> [Package] {
        var packages: [Package] = []
        for (item, place) in try BuildDefinition.elements(json, place) {
            var fields = try JSONFields(item, at: place)
            let name = try fields.value("name", expected: "a Debian package name") { isPackageName($0) ? $0 : nil }
            let version = try fields.value("version", expected: "a Debian version") { isVersion($0) ? $0 : nil }
            try fields.finish()
            guard !packages.contains(where: { $0.name == name }) else {
                throw UnexpectedJSON(place, .badValue(expected: "each package once"))
            }
            packages.append(Package(name: name, version: version))
        }
        guard !packages.isEmpty else { throw UnexpectedJSON(place, .badValue(expected: "at least one package")) }
        return packages
    }

    /// Debian policy 5.6.1: at least two of lower-case letters, digits and `+ - .`, the first a letter or digit.
    private static func isPackageName(_ text: Text) -> Bool {
        guard let first = text.utf8.first, (2...128).contains(text.utf8.count), isLowerOrDigit(first) else {
            return false
        }
        return text.utf8.allSatisfy { isLowerOrDigit($0) || "+-.".utf8.contains($0) }
    }

    /// Debian policy 5.6.12: letters, digits and `. + - ~ :`.
    private static func isVersion(_ text: Text) -> Bool {
        (1...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || ".+-~:".utf8.contains(byte)
            }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}

extension BuildDefinition.Toolchain.HashedDirectory {
    fileprivate init(_ json: JSON, at place: String) throws(UnexpectedJSON) {
        var fields = try JSONFields(json, at: place)
        path = try fields.value("path", expected: "an absolute path, escaped") { text in
            guard let bytes = try? TreePath.unescape(text.utf8), bytes.first == UInt8(ascii: "/"),
                (try? TreePath(Array(bytes.dropFirst()))) != nil
            else { return nil }
            return bytes
        }
        treeRoot = try fields.value("treeRoot", expected: "64 lower-case hex digits") { Digest(hex: $0) }
        try fields.finish()
    }
}

extension JSONFields {
    /// Takes an array of one to ``BuildDefinition/maximumCount`` elements.
    fileprivate mutating func some<Element>(
        _ name: Text,
        _ read: (JSON, String) throws(UnexpectedJSON) -> Element
    ) throws(UnexpectedJSON) -> [Element] {
        let place = place(of: name)
        let list = try BuildDefinition.elements(try required(name), place)
        guard !list.isEmpty else { throw UnexpectedJSON(place, .badValue(expected: "at least one")) }
        var elements: [Element] = []
        for (json, place) in list {
            elements.append(try read(json, place))
        }
        return elements
    }
}
