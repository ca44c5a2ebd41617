import Encodings

/// What the build was seen to do: what it read and tried, and what changed surroundings did to its outputs.
struct ObservationsSection {
    let observations: BuildObservations

    func write(to markup: inout Markup) {
        let isWatched = observations.openedFiles != nil || observations.unlistedCount > 0
        if isWatched || !observations.networkAttempts.isEmpty || !observations.neverOpened.isEmpty {
            writeOpened(observations.openedFiles ?? [], to: &markup)
        }
        if !observations.variations.isEmpty { writeVariations(to: &markup) }
    }

    // MARK: What was read

    private func writeOpened(_ files: [OpenedFile], to markup: inout Markup) {
        markup.element("section", [.id("opened")]) { section in
            section.element("h2", say: "What the build read")
            var groups: [OpenedFile.Class: [OpenedFile]] = [:]
            for file in files { groups[file.origin, default: []].append(file) }
            section.table(
                "opened-classes",
                caption: "Opened files by where they come from",
                heads: ["Class", "Files", "Meaning"]
            ) { body in
                for origin in OpenedFile.Class.allCases {
                    row(origin.words, groups[origin]?.count ?? 0, origin.meaning, to: &body)
                }
                row(
                    "network attempts",
                    observations.networkAttempts.count,
                    "Connections that the build tried to open.",
                    to: &body
                )
                row(
                    "never opened",
                    observations.neverOpened.count,
                    "Sealed files that the build never read.",
                    to: &body
                )
            }
            if observations.unlistedCount > 0 {
                let count = Spelling.number(observations.unlistedCount)
                section.element("p", [.class("more")], show: "\(count) more files are not listed on this page")
            }
            for origin in OpenedFile.Class.allCases {
                guard let group = groups[origin] else { continue }
                write(group.sorted { $0.path.lexicographicallyPrecedes($1.path) }, origin, to: &section)
            }
            writeAttempts(to: &section)
            writeNames(observations.neverOpened, to: &section)
        }
        markup.newLine()
    }

    private func row(_ words: StaticString, _ count: Int, _ meaning: StaticString, to body: inout Markup) {
        body.element("tr") { row in
            row.element("th", [.scope("row")], say: words)
            row.element("td", [.class("number")], show: Spelling.number(count))
            row.element("td", say: meaning)
        }
        body.newLine()
    }

    private func write(_ files: [OpenedFile], _ origin: OpenedFile.Class, to markup: inout Markup) {
        let isOpen = origin == .unexplained
        markup.element("details", [.class("item")] + (isOpen ? [.init("open", "")] : [])) { details in
            details.element("summary") { summary in
                summary.say(origin.words)
                summary.element("span", [.class("note")], show: " \(Spelling.count(files.count, "file", "files"))")
            }
            details.table("opened", caption: origin.caption, heads: ["Path", "Package", "SHA-256"]) { body in
                body.tableRows(files, upTo: .openedFiles, columnCount: 3) { rows, file in
                    rows.element("tr") { row in
                        row.element("th", [.scope("row")]) { $0.element("code", show: Spelling.name(file.path)) }
                        row.element("td", show: Spelling.shortened(file.package ?? "-", to: 160))
                        row.element("td") { $0.element("code", show: file.digest?.hex ?? "-") }
                    }
                }
            }
        }
        markup.newLine()
    }

    private func writeAttempts(to markup: inout Markup) {
        guard !observations.networkAttempts.isEmpty else { return }
        markup.element("details", [.class("item"), .init("open", "")]) { details in
            details.element("summary") { summary in
                summary.say("network attempts")
                let count = observations.networkAttempts.count
                summary.element("span", [.class("note")], show: " \(Spelling.number(count))")
            }
            details.names(observations.networkAttempts.lazy.map { Spelling.shortened($0, to: 300) }, upTo: .names)
        }
        markup.newLine()
    }

    private func writeNames(_ names: [[UInt8]], to markup: inout Markup) {
        guard !names.isEmpty else { return }
        markup.element("details", [.class("item")]) { details in
            details.element("summary") { summary in
                summary.say("never opened")
                summary.element(
                    "span",
                    [.class("note")],
                    show: " \(Spelling.count(names.count, "sealed file", "sealed files"))"
                )
            }
            let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }
            details.names(sorted.lazy.map { Spelling.name($0) }, upTo: .names)
        }
        markup.newLine()
    }

    // MARK: Changed surroundings

    private func writeVariations(to markup: inout Markup) {
        markup.element("section", [.id("variations")]) { section in
            section.element("h2", say: "Built again in other surroundings")
            section.table(
                "variations",
                caption: "What was changed, and what that did to the outputs",
                heads: ["Changed", "Result", "Outputs that differ"]
            ) { body in
                body.tableRows(observations.variations, upTo: .names, columnCount: 3) { rows, result in
                    rows.element("tr") { write(result, to: &$0) }
                }
            }
        }
        markup.newLine()
    }

    private func write(_ result: VariationResult, to row: inout Markup) {
        row.element("th", [.scope("row")], show: Spelling.shortened(result.changed, to: 200))
        row.element("td", say: result.effect.words)
        row.element("td") { cell in
            switch result.effect {
            case .none, .notBuilt: cell.say("none")
            case .notTried(let reason): cell.show(Spelling.shortened(reason, to: 500))
            case .otherOutputs(let names): cell.names(names.lazy.map { Spelling.name($0) }, upTo: .fixes)
            }
        }
    }
}

extension VariationResult.Effect {
    fileprivate var words: StaticString {
        switch self {
        case .none: "\u{2713} the same outputs"
        case .otherOutputs: "\u{2717} other outputs"
        case .notBuilt: "? not built to the end"
        case .notTried: "? not tried"
        }
    }
}

extension OpenedFile.Class {
    fileprivate var words: StaticString {
        switch self {
        case .unexplained: "unexplained"
        case .produced: "produced by the build"
        case .toolchain: "toolchain"
        case .sealedSource: "sealed source"
        }
    }

    fileprivate var meaning: StaticString {
        switch self {
        case .unexplained: "Neither sealed, nor declared, nor produced. One such file makes the result inconclusive."
        case .produced: "Written by the build itself before."
        case .toolchain: "Part of the declared toolchain."
        case .sealedSource: "Part of the sealed source."
        }
    }

    fileprivate var caption: StaticString {
        switch self {
        case .unexplained: "Opened files that nothing explains"
        case .produced: "Opened files that the build produced"
        case .toolchain: "Opened files of the toolchain"
        case .sealedSource: "Opened files of the sealed source"
        }
    }
}
