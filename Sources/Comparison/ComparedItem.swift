package import Attestations
package import BuildStatements
package import Encodings

/// One thing that was shipped, beside its rebuild: a file, a member of an archive, what a compressed layer holds.
package struct ComparedItem: Sendable {
    /// Which of the two sides it is on.
    package enum Presence: String, Hashable, Sendable, CaseIterable {
        /// On both.
        case both
        /// Only in what was shipped.
        case onlyShipped = "only-shipped"
        /// Only in the rebuild.
        case onlyRebuilt = "only-rebuilt"
    }

    /// A size and, where it was worked out, a SHA-256.
    package struct Content: Hashable, Sendable {
        /// The number of bytes.
        package let size: UInt64
        /// Their SHA-256; nil where both sides are identical and nothing asked for it.
        ///
        /// Hashing takes longer than comparing. Where the sides differ it is always there.
        package let digest: Digest?

        /// Pairs a size with a digest.
        package init(size: UInt64, digest: Digest?) {
            self.size = size
            self.digest = digest
        }
    }

    /// The name beneath the item it is in, raw bytes; for a file on disk the name it was given by.
    package let name: [UInt8]
    /// What it was taken for, as `ELF`, `tar` or `data`.
    package let format: String
    /// Which sides have it.
    package let presence: Presence
    /// What was shipped; nil when only the rebuild has it.
    package let shipped: Content?
    /// What was rebuilt; nil when only the shipped side has it.
    package let rebuilt: Content?
    /// The grade of all of it, what is inside included.
    package let grade: Grade
    /// The shipped bytes by class, what is inside included.
    package let account: ByteAccount
    /// What differs here itself, not further inside.
    package let differences: [ByteDifference]
    /// The number of differences here that are not in ``differences``.
    package let unlistedDifferenceCount: Int
    /// What is inside, in the order of what was shipped, then what only the rebuild has; where both sides are identical
    /// nothing was opened.
    package let members: [ComparedItem]

    /// Gathers what was compared.
    package init(
        name: [UInt8],
        format: String,
        presence: Presence = .both,
        shipped: Content?,
        rebuilt: Content?,
        grade: Grade,
        account: ByteAccount,
        differences: [ByteDifference] = [],
        unlistedDifferenceCount: Int = 0,
        members: [ComparedItem] = []
    ) {
        self.name = name
        self.format = format
        self.presence = presence
        self.shipped = shipped
        self.rebuilt = rebuilt
        self.grade = grade
        self.account = account
        self.differences = differences
        self.unlistedDifferenceCount = unlistedDifferenceCount
        self.members = members
    }
}

/// A place where a shipped item and its rebuild differ, and why that may be.
package struct ByteDifference: Sendable {
    /// The likely cause; for people, it changes no grade.
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        case timestamp
        case path
        case order
        case owner
        case mode
        case compression
        case buildID = "build-id"
        case signature
        case locale
        case missing
        case extra
        case unknown
    }

    /// What the differing bytes look like, for people.
    package enum View: Hashable, Sendable {
        /// A few bytes of both sides around the first difference; `offset` is where each begins.
        case hex(shippedOffset: UInt64, shipped: [UInt8], rebuiltOffset: UInt64, rebuilt: [UInt8])
        /// Lines of text, as a unified diff without its header; raw bytes, not escaped.
        case text([Line])
        /// A named property, as the mode of a member.
        case property(shipped: String, rebuilt: String)
    }

    /// A line of a text difference.
    package struct Line: Hashable, Sendable {
        /// Which side has the line.
        package enum Side: Hashable, Sendable {
            case both
            case shipped
            case rebuilt
        }

        /// Which side has it.
        package let side: Side
        /// Its number on the shipped side, from 1; nil when only the rebuild has it.
        package let shippedNumber: Int?
        /// Its number in the rebuild, from 1; nil when only the shipped side has it.
        package let rebuiltNumber: Int?
        /// Its bytes without the line feed.
        package let bytes: [UInt8]

        /// Names a line.
        package init(side: Side, shippedNumber: Int?, rebuiltNumber: Int?, bytes: [UInt8]) {
            self.side = side
            self.shippedNumber = shippedNumber
            self.rebuiltNumber = rebuiltNumber
            self.bytes = bytes
        }
    }

    /// Where, as `section .text, symbol main` or `mode`; ASCII, untrusted parts escaped.
    package let place: String
    /// The bytes on the shipped side from the first difference to the last in this place; nil for a property.
    package let range: Range<UInt64>?
    /// How many shipped bytes count for this difference.
    package let byteCount: UInt64
    /// The class those bytes fall into.
    package let accountedAs: ByteAccount.Class
    /// The likely cause.
    package let cause: Cause
    /// What the release engineer usually does about it; nil where nothing is known.
    package let fix: String?
    /// What it looks like.
    package let view: View?

    /// Gathers what is known of a difference.
    package init(
        place: String,
        range: Range<UInt64>?,
        byteCount: UInt64,
        accountedAs: ByteAccount.Class,
        cause: Cause,
        fix: String? = nil,
        view: View? = nil
    ) {
        self.place = place
        self.range = range
        self.byteCount = byteCount
        self.accountedAs = accountedAs
        self.cause = cause
        self.fix = fix
        self.view = view
    }
}
