import Foundation
import TestSupport
import Testing

@testable import Comparison

/// Containers as the usual programs make them, from one small tree.
enum ContainerSamples {
    static let longName = String(repeating: "long", count: 40)
    static let text = Array("odd\n\n".utf8)
    /// 2024-02-03 04:05:06 UTC.
    static let time = 1_706_933_106

    /// Runs `program` in a folder that holds `a.txt`, `d/b.bin`, the link `l` and a file with a long name.
    ///
    /// Gives the bytes of `file` in it, or what was written to standard output.
    static func made(_ program: String, _ arguments: [String], file: String? = nil) throws -> [UInt8] {
        try TemporaryDirectory.with { folder in
            try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: false)
            var generator = SeededGenerator(seed: 1)
            let files = [("a.txt", text), ("d/b.bin", generator.bytes(700)), (longName, Array("long\n".utf8))]
            for (name, bytes) in files {
                try TestFile.write(bytes, to: "\(folder)/\(name)")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644, .modificationDate: Date(timeIntervalSince1970: TimeInterval(time))],
                    ofItemAtPath: "\(folder)/\(name)"
                )
            }
            try FileManager.default.createSymbolicLink(atPath: folder + "/l", withDestinationPath: "a.txt")
            let ran = try Command.run(program, arguments, in: folder)
            try #require(ran.status == 0, "\(program): \(ran.errors)")
            return try file.map { try TestFile.read("\(folder)/\($0)") } ?? ran.output
        }
    }

    /// What `script` writes, run by the shell.
    static func shell(_ script: String) throws -> [UInt8] {
        try made("sh", ["-c", script])
    }

    /// Whether all `programs` are there.
    static func has(_ programs: String...) -> Bool {
        programs.allSatisfy { Command.find($0) != nil }
    }
}

/// A function that reads a container.
struct ContainerReader: Sendable, CustomTestStringConvertible {
    let name: String
    let read: @Sendable (any RandomAccessBytes) throws -> ContainerLayout
    let recognises: @Sendable ([UInt8]) -> Bool

    var testDescription: String { name }

    static let ar = ContainerReader(name: "ar", read: ArLayout.layout, recognises: ArLayout.recognises)
    static let tar = ContainerReader(name: "tar", read: TarLayout.layout, recognises: TarLayout.recognises)
    static let zip = ContainerReader(name: "zip", read: ZipLayout.layout, recognises: ZipLayout.recognises)
    static let gzip = ContainerReader(
        name: "gzip",
        read: { try GzipLayout.layout(of: $0) },
        recognises: GzipLayout.recognises
    )
    static let bzip2 = ContainerReader(
        name: "bzip2",
        read: { try Bzip2Layout.layout(of: $0) },
        recognises: Bzip2Layout.recognises
    )
    static let xz = ContainerReader(name: "xz", read: XzLayout.layout, recognises: XzLayout.recognises)
    static let zstd = ContainerReader(name: "zstd", read: ZstdLayout.layout, recognises: ZstdLayout.recognises)
    static let cpio = ContainerReader(name: "cpio", read: CpioLayout.layout, recognises: CpioLayout.recognises)
    static let rpm = ContainerReader(name: "rpm", read: RpmLayout.layout, recognises: RpmLayout.recognises)
    static let iso = ContainerReader(name: "iso", read: ISOLayout.layout, recognises: ISOLayout.recognises)

    /// The layout of `bytes`, checked: it covers every byte once, and members lie in member regions.
    func layout(_ bytes: [UInt8]) throws -> ContainerLayout {
        let container = try read(BytesInMemory(bytes))
        var end: UInt64 = 0
        var contents: [Range<UInt64>] = []
        for region in container.layout.regions {
            guard region.range.lowerBound == end, !region.range.isEmpty else { throw NotCovered(at: end) }
            end = region.range.upperBound
            if region.kind == .member { contents.append(region.range) }
        }
        guard end == UInt64(bytes.count) else { throw NotCovered(at: end) }
        let named = container.members.map(\.content).filter { !$0.isEmpty }
        guard named == contents else { throw NotCovered(at: 0) }
        return container
    }

    /// The reason why `bytes` are refused; nil where they are accepted.
    func refusal(_ bytes: [UInt8]) throws -> String? {
        do throws(any Error) {
            _ = try layout(bytes)
            return nil
        } catch let error as MalformedLayout {
            return error.reason
        }
    }
}

/// A layout that breaks the promise of layouts.
struct NotCovered: Error {
    let at: UInt64
}

extension ContainerLayout {
    /// The region that holds the byte at `offset`.
    func region(at offset: Int) throws -> FileLayout.Region {
        try #require(layout.regions.first { $0.range.contains(UInt64(offset)) })
    }

    /// The ranges of the regions called `name`.
    func ranges(_ name: String) -> [Range<Int>] {
        layout.regions.filter { $0.name == name }.map { Int($0.range.lowerBound)..<Int($0.range.upperBound) }
    }

    /// The range of the one region called `name`.
    func range(_ name: String) throws -> Range<Int> {
        try #require(ranges(name).count == 1, "\(ranges(name).count) regions are called \(name)")
        return ranges(name)[0]
    }

    /// The member called `name`.
    func member(_ name: String) throws -> ContainerMember {
        try #require(members.first { $0.name == Array(name.utf8) })
    }

    /// The kinds of regions there are.
    var kinds: Set<FileLayout.Region.Kind> { Set(layout.regions.map(\.kind)) }
}
