import Attestations
import BuildStatements
import Foundation
import TestSupport
import Testing

@testable import Comparison

/// What the fields of a tar archive can hide, and what they cannot.
@Suite struct TarHidingTests {
    /// An archive of one file behind a pax header, with `change` done to the file's own header.
    private static func archive(
        _ records: [String],
        size: Int? = nil,
        _ change: (inout [UInt8]) -> Void = { _ in }
    ) -> [UInt8] {
        let lines = records.map { record in
            var length = record.utf8.count + 2
            while "\(length)".utf8.count + record.utf8.count + 2 != length { length += 1 }
            return "\(length) \(record)\n"
        }
        let header = TarBytes.Member(name: "pax", content: Array(lines.joined().utf8), type: "x")
        let file = TarBytes.Member(name: "a", content: Array("content".utf8), size: size)
        var bytes = TarBytes(members: records.isEmpty ? [file] : [header, file]).bytes
        let start = bytes.count - 1024 - 1024
        var block = Array(bytes[start..<start + 512])
        change(&block)
        block.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        let digits = String(repeating: "0", count: 6 - sum.count) + sum
        block.replaceSubrange(148..<156, with: Array(digits.utf8) + [0, 0x20])
        bytes.replaceSubrange(start..<start + 512, with: block)
        return bytes
    }

    private static func gnu(_ times: String) -> [UInt8] {
        archive([]) { block in
            block.replaceSubrange(257..<265, with: Array("ustar  \0".utf8))
            block.replaceSubrange(345..<345 + times.utf8.count, with: times.utf8)
        }
    }

    @Test func timesOfGNUAreNumbers() throws {
        let times = try Builds.compare(Self.gnu("00000000001\u{0}00000000002\u{0}"), Self.gnu("00000000003\u{0}"))
        #expect(times.grade == .contentsIdentical && times.causes.contains(.timestamp))
        #expect(try Builds.compare(Self.gnu("etc/cron.d"), Self.gnu("usr/share")).grade == .different)
        #expect(try Builds.compare(Self.gnu(""), Self.gnu("usr/share")).grade == .different)
    }

    @Test func aSizeThatAnotherOneOverridesIsNoSize() throws {
        let plain = Self.archive(["size=7"])
        #expect(try Builds.compare(Self.archive(["size=7"], size: 8), plain).grade == .different)
        #expect(try Builds.compare(plain, Self.archive(["size=7"], size: 0)).grade == .different)
    }

    @Test(arguments: ["atime", "ctime", "mtime", "LIBARCHIVE.creationtime"]) func timesOfPaxAreTimes(
        _ key: String
    ) throws {
        let plain = Self.archive(["\(key)=1.5"])
        let other = try Builds.compare(Self.archive(["\(key)=2.5"]), plain)
        #expect(other.grade == .contentsIdentical && other.causes.isSubset(of: [.timestamp]))
        let long = "1." + String(repeating: "1234567890", count: 10)
        for time in ["rm -rf", long] {
            let item = try Builds.compare(Self.archive(["\(key)=\(time)"]), plain)
            #expect(item.grade == .different && item.account.unexplained > 0)
        }
    }

    private static let makesCompressedImages = ContainerSamples.has("genisoimage", "mkzftree")

    /// Files in an image can be larger than the image.
    @Test(.enabled(if: makesCompressedImages, "mkzftree is not installed")) func theSystemAreaOfAnImageCounts() throws {
        let script = """
            mkdir in; head -c 3000000 /dev/zero > in/BIG; mkzftree in out >/dev/null
            genisoimage -quiet -R -z -o x.iso out; cat x.iso
            """
        let image = try ContainerSamples.shell(script)
        var other = image
        for place in 0..<5000 { other[place] = 7 }
        let item = try Builds.compare(other, image)
        #expect(item.grade == .different && item.account.unexplained == 5000)
    }
}
