package import Attestations
import BuildStatements
package import Comparison
import Digests
package import Encodings
package import Verification

/// One self-contained HTML page about a comparison or a rebuild; docs/formats/report.md.
///
/// The page has no script and refers to nothing outside itself. The same input gives the same bytes.
package struct ReportPage: Sendable {
    /// What the page is about, as the name of the product.
    package let title: String
    /// The release; nil where none was named.
    package let release: ReleaseName?
    /// The verdict; nil for a comparison alone.
    package let verdict: Verdict?
    /// The grades that pass.
    package let passingGrades: Set<Grade>
    /// The shipped files beside their rebuilds.
    ///
    /// Waivers are applied before: bytes that are still unexplained here are never part of a pass.
    package let items: [ComparedItem]
    /// The SHA-256 of the build definition; nil where none was used.
    package let definition: Digest?
    /// What was seen of the build.
    package let observations: BuildObservations
    /// The command that made the page, as its arguments.
    package let command: [String]

    /// Gathers what a page shows.
    package init(
        title: String,
        release: ReleaseName? = nil,
        verdict: Verdict? = nil,
        passingGrades: Set<Grade> = [.identicalOutsideSignature, .identical],
        items: [ComparedItem],
        definition: Digest? = nil,
        observations: BuildObservations = BuildObservations(),
        command: [String]
    ) {
        self.title = title
        self.release = release
        self.verdict = verdict
        self.passingGrades = passingGrades
        self.items = items
        self.definition = definition
        self.observations = observations
        self.command = command
    }

    /// The page as UTF-8.
    package var bytes: [UInt8] {
        var page = Markup()
        page.documentType()
        page.element("html", [.init("lang", "en")]) { html in
            html.newLine()
            html.element("head") { writeHead(to: &$0) }
            html.newLine()
            html.element("body") { writeBody(to: &$0) }
        }
        page.newLine()
        return page.bytes
    }

    /// The bytes of all items by class.
    var account: ByteAccount {
        var account = ByteAccount()
        for item in items { account.add(item.account) }
        return account
    }

    /// The worst grade; nil where nothing was compared.
    var worstGrade: Grade? { items.map(\.grade).min() }

    private func writeHead(to page: inout Markup) {
        let hash = Base64.encode(SHA256.digest(of: Array(StyleSheet.text.description.utf8)).bytes)
        page.newLine()
        page.void("meta", [.init("charset", "utf-8")])
        page.newLine()
        page.void(
            "meta",
            [
                .init("http-equiv", "Content-Security-Policy"),
                .init(
                    "content",
                    "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
                ),
            ]
        )
        page.newLine()
        page.void("meta", [.init("name", "viewport"), .init("content", "width=device-width, initial-scale=1")])
        page.newLine()
        page.void("meta", [.init("name", "referrer"), .init("content", "no-referrer")])
        page.newLine()
        page.element("title", show: "\(Conclusion(self).words): \(Spelling.shortened(title, to: 200))")
        page.newLine()
        page.style(StyleSheet.text)
    }

    private func writeBody(to page: inout Markup) {
        page.newLine()
        OpeningSection(page: self).write(to: &page)
        page.element("main") { main in
            main.newLine()
            if let verdict { LinksSection(verdict: verdict).write(to: &main) }
            AccountingSection(items: items, account: account).write(to: &main)
            let differing = DifferingItem.all(in: items)
            DifferencesSection(items: differing).write(to: &main)
            CausesSection(items: differing).write(to: &main)
            ObservationsSection(observations: observations).write(to: &main)
            if let verdict { FindingsSection(verdict: verdict).write(to: &main) }
            CheckingSection(page: self).write(to: &main)
        }
        page.newLine()
    }
}
