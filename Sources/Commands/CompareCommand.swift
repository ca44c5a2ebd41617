#if Commands
import ArgumentParser
import Attestations
import Comparison
import Encodings
import ReportPages

/// `vitrine compare`: how alike a shipped build and its rebuild are.
struct CompareCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares a shipped build with its rebuild.",
        discussion: """
            Two files, or two directories. Archives and what is compressed are opened, and the differences are named \
            by member, section, symbol, line and byte. The last line of standard output is the grade alone, from \
            worst to best: different, contents-identical, identical-outside-signature, identical. Exit status 0 says \
            that it is one of the last two.

            Example:
              vitrine compare boot-1.2.deb rebuilt/boot-1.2.deb
            """
    )

    @Argument(help: ArgumentHelp("The file or directory that was shipped.", valueName: "shipped"))
    var shipped: PathArgument

    @Argument(help: ArgumentHelp("The one that was rebuilt.", valueName: "rebuilt"))
    var rebuilt: PathArgument

    @Flag(help: "Write the comparison as JSON, on one line; the grade follows.")
    var json = false

    @Flag(help: "Add the report of diffoscope, where it is installed; it opens the files outside of any worker.")
    var diffoscope = false

    @Option(help: ArgumentHelp("Also write the comparison as one HTML page.", valueName: "file"))
    var html: PathArgument?

    func run() throws -> ExitStatus {
        // A place that cannot be written to is found before anything is compared.
        let page = try html.map { html in try DurableFile(html.bytes) }
        var options = ComparisonOptions(executable: SourceReader.executable)
        if let directory = Environment["TMPDIR"], !directory.isEmpty { options.temporaryDirectory = directory }
        options.hashesIdenticalContent = json || html != nil
        let item = try BuildComparison.compare(shipped: shipped.bytes, rebuilt: rebuilt.bytes, options: options)
        let appendix = diffoscope ? Diffoscope.report(shipped: shipped.bytes, rebuilt: rebuilt.bytes) : nil
        if let page {
            try page.write(report(item).bytes.span)
            try page.settle(replacing: true)
        }
        if json {
            try item.writeJSON { piece throws(Trouble) in try Console.write(piece) }
            try Console.write("\n\(item.grade.rawValue)\n")
        } else {
            try item.writeText(appendix: appendix) { piece throws(Trouble) in try Console.write(piece) }
        }
        return item.grade >= .identicalOutsideSignature ? .done : .failed
    }

    private func report(_ item: ComparedItem) -> ReportPage {
        let (shipped, rebuilt) = (escaped(shipped.bytes), escaped(rebuilt.bytes))
        return ReportPage(title: shipped, items: [item], command: ["vitrine", "compare", shipped, rebuilt])
    }
}
#endif
