import BuildStatements
import Comparison
import Attestations
import Encodings
import ReportPages

/// Names and contents that would break out of a page that escapes too little.
package enum HostileSample {
    /// The names.
    package static let names: [[UInt8]] = [
        Array("</script><script>alert(1)</script>".utf8),
        Array("\"><img src=x onerror=alert(1)>".utf8),
        Array("' onmouseover='alert(1)".utf8),
        Array("--><!-- ]]></title></style><style>*{display:none}</style>".utf8),
        Array("&lt;b&gt; &#x3C;script&#x3E; &amp".utf8),
        Array("invoice\u{202E}fdp.exe".utf8),
        Array("a\u{200B}b\u{FEFF}c\u{0000}d\u{001B}[31m\r\n\t".utf8),
        Array("p\u{0430}ypal \u{05D0}\u{05D1} \u{0627}\u{0644}".utf8),
        [0xFF, 0xFE, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80],
        Array("javascript:alert(1)//".utf8) + [0xE2, 0x80],
        Array(repeating: UInt8(ascii: "x"), count: 5000),
        Array(repeating: 0xE2, count: 4096),
        [],
    ]

    static func page() -> ReportPage {
        var items: [ComparedItem] = []
        for (index, name) in names.enumerated() {
            let text = String(decoding: name, as: UTF8.self)
            items.append(
                ComparedItem(
                    name: name,
                    format: text,
                    shipped: .init(size: 1000, digest: SampleReport.digest(UInt64(index))),
                    rebuilt: .init(size: 1000, digest: SampleReport.digest(UInt64(index + 100))),
                    grade: .different,
                    account: SampleReport.account(990, unexplained: 10),
                    differences: differences(name, text)
                )
            )
        }
        return ReportPage(
            title: "</title><script>alert(1)</script> \u{202E}evil",
            items: items,
            observations: BuildObservations(
                openedFiles: names.map { OpenedFile(.unexplained, path: $0, package: "<b>\u{202E}") },
                networkAttempts: ["<img src='https://example.org/x'>"],
                neverOpened: names,
                variations: [
                    VariationResult(changed: "<u>\u{0007}", .notBuilt),
                    VariationResult(changed: "<i>", .otherOutputs(names)),
                ]
            ),
            command: ["vitrine", "compare", "</code><script>", "\u{202E}"]
        )
    }

    private static func differences(_ name: [UInt8], _ text: String) -> [ByteDifference] {
        let views: [ByteDifference.View] = [
            .hex(shippedOffset: .max, shipped: name, rebuiltOffset: .max - 3, rebuilt: Array(name.reversed())),
            .text([
                .init(side: .shipped, shippedNumber: 1, rebuiltNumber: nil, bytes: name),
                .init(side: .rebuilt, shippedNumber: nil, rebuiltNumber: .max, bytes: Array(name.reversed())),
            ]),
            .property(shipped: text, rebuilt: "\u{202E}" + text),
        ]
        return views.map { view in
            ByteDifference(
                place: text,
                range: 0..<UInt64.max,
                byteCount: 10,
                accountedAs: .unexplained,
                cause: .unknown,
                fix: text,
                view: view
            )
        }
    }
}
