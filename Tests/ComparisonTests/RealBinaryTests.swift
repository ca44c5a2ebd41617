import TestSupport
import Testing

@testable import Comparison

/// Files as compilers, linkers and strippers make them; each test names the program it needs.
@Suite struct RealBinaryTests {
    private static let source = """
        #include <stdio.h>
        static int table[64] = {1};
        static int scratch[4096];
        int twice(int x) { return 2 * x + table[x & 63] + scratch[x]; }
        int main(void) { puts("hello"); return twice(3) - 6; }
        """

    /// The arguments of the compiler, and what is done to what it made.
    private static let builds: [(arguments: [String], then: [String])] = [
        (["-c"], []), (["-c", "-g", "-ffunction-sections"], []), (["-shared", "-fPIC"], []), ([], []), (["-g"], []),
        (["-static"], []), (["-Wl,--build-id=sha1"], ["strip"]), (["-g"], ["strip", "--only-keep-debug"]),
    ]

    private static func build(_ index: Int, in folder: String) throws -> String {
        let (arguments, then) = builds[index]
        try TestFile.write(Array(source.utf8), to: folder + "/a.c")
        let made = try Command.run("gcc", arguments + ["-o", "a.bin", "a.c"], in: folder)
        try #require(made.status == 0, "\(made.errors)")
        if let program = then.first {
            try #require(try Command.run(program, then.dropFirst() + ["a.bin"], in: folder).status == 0)
        }
        return folder + "/a.bin"
    }

    /// A row of `readelf -SW`.
    private struct Row: Hashable {
        let name: String
        let range: Range<UInt64>

        /// Nil for other lines, and for sections without bytes.
        init?(_ line: Substring) {
            guard let bracket = line.firstIndex(of: "]"), line.contains("[") else { return nil }
            let columns = line[line.index(after: bracket)...].split(separator: " ").map(String.init)
            guard columns.count >= 6, columns[1] != "NOBITS",
                let offset = UInt64(columns[3], radix: 16), let size = UInt64(columns[4], radix: 16), size > 0
            else { return nil }
            name = columns[0]
            range = offset..<offset + size
        }
    }

    @Test(
        .enabled(if: Command.find("readelf") != nil && Command.find("gcc") != nil, "needs gcc and readelf"),
        arguments: builds.indices
    )
    func findsTheSectionsThatReadelfFinds(_ index: Int) throws {
        try TemporaryDirectory.with { folder in
            let path = try Self.build(index, in: folder)
            let listed = try Command.run("readelf", ["-SW", path]).text.split(separator: "\n").compactMap(Row.init)
            try #require(listed.count > 5)
            let file = try TestFile.read(path)
            let layout = try ELFLayout.layout(of: BytesInMemory(file))
            expectWhole(layout, UInt64(file.count))
            // A section is one part, or several that begin and end where it does.
            let starts = Dictionary(uniqueKeysWithValues: layout.regions.map { ($0.range.lowerBound, $0) })
            let ends = Set(layout.regions.map(\.range.upperBound))
            for row in listed {
                let first = try #require(starts[row.range.lowerBound], "\(row)")
                #expect(first.name.hasPrefix(row.name) && first.kind == .section && ends.contains(row.range.upperBound))
            }
            let named = layout.regions.filter { $0.kind == .section }.map { region in
                listed.contains {
                    $0.range.lowerBound <= region.range.lowerBound && region.range.upperBound <= $0.range.upperBound
                }
            }
            #expect(!named.contains(false))
        }
    }

    @Test(
        .enabled(if: Command.find("readelf") != nil && Command.find("gcc") != nil, "needs gcc and readelf"),
        arguments: [2, 3, 5]
    )
    func findsFunctionsAndTheBuildID(_ index: Int) throws {
        try TemporaryDirectory.with { folder in
            let path = try Self.build(index, in: folder)
            let file = try TestFile.read(path)
            let layout = try ELFLayout.layout(of: BytesInMemory(file))
            let twice = try #require(layout.symbols.first { $0.name == "twice" })
            #expect(layout.region(containing: twice.range.lowerBound)?.name == ".text")
            let listed = try Command.run("readelf", ["-sW", path]).text.split(separator: "\n")
                .first { $0.hasSuffix(" twice") }?.split(separator: " ")
            #expect(listed?.dropFirst(2).first.map { Int($0) } == twice.range.count)
            #expect(layout.symbol(containing: twice.range.lowerBound)?.name == "twice")
            let notes = try Command.run("readelf", ["-nW", path]).text
            if let text = notes.split(separator: "\n").first(where: { $0.contains("Build ID: ") }) {
                let id = try #require(layout.bytes(.buildID, of: file).first)
                let hex = id.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
                #expect(text.hasSuffix(hex))
            }
        }
    }

    @Test(.enabled(if: Command.find("true") != nil, "needs a program"))
    func readsAProgramOfTheSystem() throws {
        let file = try TestFile.read(try #require(Command.find("true")))
        expectWhole(try ELFLayout.layout(of: BytesInMemory(file)), UInt64(file.count))
    }

    @Test(
        .enabled(
            if: ["osslsigncode", "openssl"].allSatisfy { Command.find($0) != nil },
            "needs osslsigncode and openssl"
        )
    )
    func findsNothingButTheSignatureWhereAnImageWasSigned() throws {
        try TemporaryDirectory.with { folder in
            var image = PEBytes.usual()
            image.symbols = []
            let unsigned = image.file()
            try TestFile.write(unsigned, to: folder + "/a.exe")
            let key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=x"]
            try #require(try Command.run("openssl", ["req", "-x509"] + key, in: folder).status == 0)
            let signing = ["sign", "-certs", "c.pem", "-key", "k.pem", "-in", "a.exe", "-out", "b.exe"]
            let made = try Command.run("osslsigncode", signing, in: folder)
            try #require(made.status == 0, "\(made.errors)")
            let signed = try TestFile.read(folder + "/b.exe")
            let layout = try PELayout.layout(of: BytesInMemory(signed))
            expectWhole(layout, UInt64(signed.count))
            func rest(_ layout: FileLayout, _ file: [UInt8]) -> [UInt8] {
                layout.regions.filter { $0.kind != .signature && $0.kind != .checksum }.flatMap {
                    file[Int($0.range.lowerBound)..<Int($0.range.upperBound)]
                }
            }
            #expect(rest(layout, signed) == rest(try PELayoutTests.read(unsigned), unsigned))
            #expect(layout.bytes(.checksum, of: signed).count == 1)
        }
    }
}
