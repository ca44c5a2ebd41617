import Attestations
import BuildStatements
import Digests
import Encodings
import Verification

/// One comparison under way: what it may cost, and the buffers that serve all of it.
final class Comparing {
    /// How is compared.
    let options: ComparisonOptions
    /// The buffers of comparing bytes.
    var walk = ByteWalk()

    private var hash = SHA256()
    private var hashBuffer = [UInt8](repeating: 0, count: 256 << 10)
    /// What all containers gave so far.
    let expansion = ExpansionTotal()
    /// What was looked through of it so far.
    let deflated: DeflateBudget
    private let spoolBudget: SpoolBudget
    private var listing: ListingBudget
    /// What the layouts of open containers take.
    let layouts: LayoutBudget

    /// Starts one.
    init(_ options: ComparisonOptions) {
        self.options = options
        listing = ListingBudget(options.ceilings)
        deflated = DeflateBudget(options.ceilings, expansion)
        layouts = LayoutBudget(ceiling: options.ceilings.layoutByteCount)
        spoolBudget = SpoolBudget(ceiling: options.ceilings.temporaryByteCount)
    }

    /// Compares two files of one name, `depth` containers deep; `properties` adds what else differs about them.
    func files(
        _ left: FileBytes,
        _ right: FileBytes,
        name: [UInt8],
        depth: Int = 0,
        properties: (inout ItemFindings) -> Void = { _ in }
    ) throws -> ComparedItem {
        var findings = ItemFindings(listCeiling: options.ceilings.differencesPerItem)
        properties(&findings)
        if depth == 0 { expansion.allow(for: left.count, right.count) }
        if let content = try identicalContent(left, right) { return identical(content, name: name, &findings) }
        let format = try Opening(self, left, right, name: name, depth: depth).compare(into: &findings)
        if findings.grade == .identical {
            // The bytes are not the same, whatever was found inside.
            findings.add(.property("bytes that no part accounts for", "", "", .unknown), .different)
        }
        let shipped = try content(left)
        declare(shipped, &findings)
        return item(name, format, shipped, try content(right), findings, presence: .both)
    }

    /// What is in one of the two builds only, and how many bytes of headers belong to it.
    func oneSide(
        _ file: FileBytes,
        name: [UInt8],
        isShipped: Bool,
        headerByteCount: UInt64 = 0
    ) throws -> ComparedItem {
        let format = FormatSniffer.format(of: try file.bytes(0..<min(file.count, 4096)))
        return oneSide(try content(file), format.rawValue, name, isShipped: isShipped, headerByteCount)
    }

    /// A new temporary file.
    func spool() throws -> Spool { try Spool(in: options.temporaryDirectory, budget: spoolBudget) }

    /// A symbolic link of one of the two builds only; its target is what it holds.
    func oneLink(_ target: [UInt8], name: [UInt8], isShipped: Bool) -> ComparedItem {
        oneSide(content(target), "symbolic link", name, isShipped: isShipped)
    }

    /// Compares the targets of two symbolic links.
    func links(_ left: [UInt8], _ right: [UInt8], name: [UInt8]) -> ComparedItem {
        var findings = ItemFindings(listCeiling: 1)
        if left == right {
            findings.reproduce(UInt64(left.count))
        } else {
            let (shipped, rebuilt) = (ASCII.escape(left), ASCII.escape(right))
            let cause = ByteDifference.Cause.guess(left, right, at: 0)
            findings.add(.property("link target", shipped, rebuilt, cause, byteCount: UInt64(left.count)), .different)
        }
        return item(name, "symbolic link", content(left), content(right), findings, presence: .both)
    }

    /// That a whole item is on one side only, `count` shipped bytes of it.
    func oneSidedFindings(_ count: UInt64, isShipped: Bool) -> ItemFindings {
        var findings = ItemFindings(listCeiling: 2)
        findings.add(Comparing.presence(count, isShipped ? .extra : .missing), .different)
        return findings
    }

    /// Adds an item inside, by name where items may still be listed.
    func add(_ item: ComparedItem, to findings: inout ItemFindings) {
        guard listing.takeItem(named: item.name) else { return findings.fold(item.grade, item.account) }
        findings.add(item)
    }

    /// Adds an item inside by name unless it turned out to be identical.
    func addDiffering(_ item: ComparedItem, to findings: inout ItemFindings) {
        if item.grade == .identical { findings.fold(item.grade, item.account) } else { add(item, to: &findings) }
    }

    private func oneSide(
        _ content: ComparedItem.Content,
        _ format: String,
        _ name: [UInt8],
        isShipped: Bool,
        _ headerByteCount: UInt64 = 0
    ) -> ComparedItem {
        var findings = oneSidedFindings(isShipped ? content.size : 0, isShipped: isShipped)
        if isShipped { declare(content, &findings) }
        if isShipped, headerByteCount > 0 {
            let cause = ByteDifference.Cause.extra
            findings.add(.property("headers in the container", "", "", cause, byteCount: headerByteCount), .different)
        }
        let (shipped, rebuilt) = isShipped ? (content, nil) : (nil, content)
        return item(name, format, shipped, rebuilt, findings, presence: .oneSide(isShipped))
    }

    private func content(_ bytes: [UInt8]) -> ComparedItem.Content {
        ComparedItem.Content(size: UInt64(bytes.count), digest: hash.digest(bytes))
    }

    /// The size and the SHA-256 of a file.
    func content(_ file: FileBytes) throws -> ComparedItem.Content {
        var place: UInt64 = 0
        while place < file.count {
            let count = Int(min(UInt64(hashBuffer.count), file.count - place))
            try file.read(into: &hashBuffer, count: count, from: place)
            hash.update(hashBuffer.span.extracting(0..<count))
            place += UInt64(count)
        }
        return ComparedItem.Content(size: file.count, digest: hash.finish())
    }

    /// What both hold where they are the same; hashed while it is compared, where a digest is asked for.
    private func identicalContent(_ left: FileBytes, _ right: FileBytes) throws -> ComparedItem.Content? {
        if options.hashesIdenticalContent || !options.declaredDigests.isEmpty {
            return try walk.digestIfIdentical(left, right).map { .init(size: left.count, digest: $0) }
        }
        return try walk.areIdentical(left, right) ? .init(size: left.count, digest: nil) : nil
    }

    private func identical(
        _ content: ComparedItem.Content,
        name: [UInt8],
        _ findings: inout ItemFindings
    ) -> ComparedItem {
        findings.reproduce(content.size)
        declare(content, &findings)
        return item(name, "data", content, content, findings, presence: .both)
    }

    /// Counts a file that the build definition declares wholly as that; its grade stays what it is.
    private func declare(_ content: ComparedItem.Content, _ findings: inout ItemFindings) {
        guard let digest = content.digest, options.declaredDigests.contains(digest) else { return }
        findings.declareThirdParty(content.size)
    }

    /// Puts together what was found.
    func item(
        _ name: [UInt8],
        _ format: String,
        _ shipped: ComparedItem.Content?,
        _ rebuilt: ComparedItem.Content?,
        _ findings: ItemFindings,
        presence: ComparedItem.Presence
    ) -> ComparedItem {
        // What is beyond the ceilings of the whole comparison is counted and not named.
        let listed = listing.take(findings.differences)
        return ComparedItem(
            name: name,
            format: format,
            presence: presence,
            shipped: shipped,
            rebuilt: rebuilt,
            grade: findings.grade,
            account: findings.account,
            differences: Array(listed),
            unlistedDifferenceCount: findings.unlistedCount + findings.differences.count - listed.count,
            members: findings.members
        )
    }

    private static func presence(_ count: UInt64, _ cause: ByteDifference.Cause) -> ByteDifference {
        ByteDifference(
            place: cause == .extra ? "only in what was shipped" : "only in the rebuild",
            range: count == 0 ? nil : 0..<count,
            byteCount: count,
            accountedAs: .unexplained,
            cause: cause,
            fix: cause.usualFix
        )
    }
}
