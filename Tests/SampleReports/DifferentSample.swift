import Attestations
import BuildStatements
import Comparison
import Encodings
import ReportPages
import Verification

extension SampleReport {
    /// A build with differences of every kind.
    static func different() -> ReportPage {
        let program = item(
            "usr/lib/boot/bootd",
            "ELF",
            size: 7_340_032,
            grade: .different,
            account: account(7_339_946, waived: 20, unexplained: 66),
            differences: [machineCode(), buildID()],
            unlisted: 14,
            seed: 11
        )
        let text = item(
            "usr/share/doc/boot/changelog",
            "text",
            size: 48_112,
            grade: .different,
            account: account(48_031, unexplained: 81),
            differences: [lines()],
            seed: 12
        )
        let library = item(
            "usr/lib/boot/libvendor.so",
            "ELF",
            size: 2_211_840,
            grade: .identical,
            account: account(0, thirdParty: 2_211_840)
        )
        var rest: [ComparedItem] = []
        for index in 0..<64 {
            rest.append(item("usr/share/boot/font-\(index).bin", size: UInt64(900_000 / (index + 1) + 200)))
        }
        let members = [program, library, text] + rest
        var sum = account(0, unexplained: 12)
        for member in members { sum.add(member.account) }
        let package = item(
            "boot_1.2_amd64.deb",
            "deb",
            size: sum.total,
            grade: .different,
            account: sum,
            differences: [memberMode()],
            members: members,
            seed: 13
        )
        return ReportPage(
            title: "boot 1.2",
            verdict: verdict(
                rebuilt: .failed,
                accounted: .failed,
                summary: "159 bytes are unexplained",
                findings: [
                    Finding(.signerNotTrusted, recorded: "2 signers", found: "SHA256:AAAA, not trusted"),
                    Finding(.contentDiffers, path: Array("src/a b.c".utf8), recorded: "10 bytes", found: "11 bytes"),
                ]
            ),
            items: [package, firmware(seed: 14)],
            definition: digest(3),
            observations: observations(unexplained: 2),
            command: ["vitrine", "rebuild", "manifests/boot/1.2", "--source", "it's here", "--html", "report.html"]
        )
    }

    private static func machineCode() -> ByteDifference {
        var shipped = Array("\u{7F}ELF code before ".utf8)
        for value in UInt8(0)..<80 { shipped.append(value &* 3) }
        var rebuilt = shipped
        for index in [20, 21, 22, 23, 40, 71] { rebuilt[index] ^= 0x5A }
        return ByteDifference(
            place: "section .text, symbol check_signature",
            range: 184_320..<184_386,
            byteCount: 66,
            accountedAs: .unexplained,
            cause: .unknown,
            view: .hex(shippedOffset: 184_300, shipped: shipped, rebuiltOffset: 184_300, rebuilt: rebuilt)
        )
    }

    private static func buildID() -> ByteDifference {
        var shipped: [UInt8] = []
        var rebuilt: [UInt8] = []
        for value in UInt8(0)..<20 {
            shipped.append(value &* 11)
            rebuilt.append(value &* 7 &+ 1)
        }
        return ByteDifference(
            place: "section .note.gnu.build-id",
            range: 624..<644,
            byteCount: 20,
            accountedAs: .waived,
            cause: .buildID,
            fix: "link with --build-id=sha1 from the same objects; it follows the other differences",
            view: .hex(shippedOffset: 624, shipped: shipped, rebuiltOffset: 624, rebuilt: rebuilt)
        )
    }

    private static func lines() -> ByteDifference {
        func line(_ side: ByteDifference.Line.Side, _ shipped: Int?, _ rebuilt: Int?, _ text: String)
            -> ByteDifference.Line
        {
            .init(side: side, shippedNumber: shipped, rebuiltNumber: rebuilt, bytes: Array(text.utf8))
        }
        return ByteDifference(
            place: "lines 41 to 43",
            range: 1_202..<1_283,
            byteCount: 81,
            accountedAs: .unexplained,
            cause: .timestamp,
            fix: "write the time of SOURCE_DATE_EPOCH instead of the clock's",
            view: .text([
                line(.both, 40, 40, "boot (1.2) stable; urgency=medium"),
                line(.shipped, 41, nil, "\tbuilt on 2026-11-25 14:42:18 by \u{0430}dmin\u{202E}  "),
                line(.rebuilt, nil, 41, "\tbuilt on 2026-11-23 22:00:00 by admin"),
                line(.shipped, 42, nil, "if (isAdmin\u{200B}) { /* \u{2066} check \u{2069} */ }"),
                line(.rebuilt, nil, 42, "if (isAdmin) { /* check */ }"),
                line(.both, 43, 43, " -- The Maintainers <maintainers@example.org>"),
            ])
        )
    }

    private static func memberMode() -> ByteDifference {
        ByteDifference(
            place: "mode of usr/lib/boot/bootd",
            range: nil,
            byteCount: 12,
            accountedAs: .unexplained,
            cause: .mode,
            fix: "set the umask, or install with an explicit mode",
            view: .property(shipped: "-rwsr-xr-x (4755)", rebuilt: "-rwxr-xr-x (755)")
        )
    }
}
