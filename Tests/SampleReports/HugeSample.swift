import Attestations
import BuildStatements
import Comparison
import Encodings
import ReportPages

/// More of everything than a page shows.
enum HugeSample {
    static func page() -> ReportPage {
        let long: [UInt8] = Array(repeating: 0xE2, count: 300)
        let line = ByteDifference.Line(
            side: .shipped,
            shippedNumber: 1,
            rebuiltNumber: nil,
            bytes: Array(repeating: 0x01, count: 2000)
        )
        let difference = ByteDifference(
            place: String(repeating: "\u{202E}", count: 400),
            range: 0..<5000,
            byteCount: 1,
            accountedAs: .unexplained,
            cause: .unknown,
            fix: String(repeating: "<", count: 5000),
            view: .text(Array(repeating: line, count: 500))
        )
        var members: [ComparedItem] = []
        for index in 0..<30_000 {
            members.append(
                SampleReport.item(
                    "member-\(index)-\(index % 3 == 0 ? String(repeating: "\u{E9}", count: 90) : "")",
                    size: UInt64(1 + index * 7919 % 100_000),
                    grade: index % 50 == 0 ? .different : .identical,
                    differences: index % 50 == 0 ? Array(repeating: difference, count: 3) : []
                )
            )
        }
        var account = ByteAccount()
        for member in members { account.add(member.account) }
        account.unexplained += 1800
        let archive = SampleReport.item(
            "everything.tar",
            "tar",
            size: account.total,
            grade: .different,
            account: account,
            unlisted: 5,
            members: members
        )
        let files = (0..<60_000).map { index in
            OpenedFile(
                OpenedFile.Class.allCases[index % 4],
                path: Array("/dir/\(index)/".utf8) + long,
                package: "package-\(index % 100) 1.0",
                digest: SampleReport.digest(UInt64(index))
            )
        }
        return ReportPage(
            title: "everything",
            items: [archive],
            observations: BuildObservations(
                openedFiles: files,
                networkAttempts: Array(repeating: "connect to 192.0.2.1, port 80", count: 10_000),
                neverOpened: Array(repeating: long, count: 20_000)
            ),
            command: ["vitrine", "compare"] + Array(repeating: "a", count: 5000)
        )
    }
}
