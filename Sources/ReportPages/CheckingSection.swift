import Comparison
import Encodings
import Verification

/// How to check the page: what was compared, by digest, and the command that makes the page again.
struct CheckingSection {
    let page: ReportPage

    func write(to markup: inout Markup) {
        markup.element("section", [.id("checking")]) { section in
            section.element("h2", say: "How to check this page")
            section.element(
                "p",
                say: """
                    This page is a copy of a result, and anybody can write a page. It is not signed. Rely on it only after \
                    making it again: the same files and the same version of the program give the same page, byte for byte.
                    """
            )
            writeCommand(to: &section)
            writeDigests(to: &section)
            section.element("h3", say: "What this page does not prove")
            section.element("ul") { list in
                list.element(
                    "li",
                    say: "That the source is free of malice. It shows where bytes come from, not what they do."
                )
                list.element(
                    "li",
                    say: "That the installed system runs these files. Compare their digests with those installed."
                )
                list.element(
                    "li",
                    say:
                        "That the tools of the build are honest. They are named by their digests, and taken as they are."
                )
            }
        }
        markup.newLine()
        markup.element("footer") {
            $0.element("p", show: "Written by vitrine \(ToolVersion.current).")
        }
    }

    private func writeDigests(to markup: inout Markup) {
        markup.table(
            "digests",
            caption: "What was compared",
            heads: ["File", "Shipped, SHA-256", "Rebuilt, SHA-256"]
        ) { body in
            body.tableRows(page.items, upTo: .digests, columnCount: 3) { rows, item in
                rows.element("tr") { row in
                    row.element("th", [.scope("row")]) { $0.element("code", show: Spelling.name(item.name)) }
                    row.element("td") { $0.element("code", show: item.shipped?.digest?.hex ?? "-") }
                    row.element("td") { $0.element("code", show: item.rebuilt?.digest?.hex ?? "-") }
                }
            }
        }
    }

    private func writeCommand(to markup: inout Markup) {
        guard !page.command.isEmpty else { return }
        let words = page.command.prefix(200).map(CheckingSection.quoted).joined(separator: " ")
        markup.element("p", say: "The page was written by this command:")
        markup.element("pre", [.init("tabindex", "0")]) {
            $0.element("code", show: Spelling.shortened(words, to: 4000))
        }
        markup.element("p", say: "The digest of a file at hand is told by this one:")
        markup.element("pre", [.init("tabindex", "0")]) { $0.element("code", say: "sha256sum FILE") }
    }

    /// An argument as a shell takes it.
    private static func quoted(_ argument: String) -> String {
        let isPlain = argument.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-_./:=@%+,".utf8.contains(byte)
            }
        }
        if isPlain, !argument.isEmpty { return argument }
        return "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
