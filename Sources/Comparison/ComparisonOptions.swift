package import Encodings

/// How two builds are compared.
package struct ComparisonOptions: Sendable {
    /// The program that is started to read archives, this one's own path.
    package var executable: [UInt8]
    /// Where temporary files are made, which never have a name.
    package var temporaryDirectory = Array("/tmp".utf8)
    /// A reader of an archive that says nothing for this long is killed, in seconds; at least 1.
    package var patience = 60
    /// Whether the SHA-256 of identical content is worked out too.
    package var hashesIdenticalContent = false
    /// Whether the modes of the two given paths are compared too, as far as a download leaves them as they were.
    package var comparesGivenModes = true
    /// The SHA-256 of what the build definition declares as files of others.
    package var declaredDigests: Set<Digest> = []
    /// What one comparison may cost.
    package var ceilings = ComparisonCeilings()

    /// The usual options.
    package init(executable: [UInt8]) {
        self.executable = executable
    }
}

/// What one comparison may cost; what would cost more is compared as the bytes it is, with the reason as a difference.
package struct ComparisonCeilings: Hashable, Sendable {
    /// How deep containers are opened in one another.
    package var depth = 32
    /// The members of one container.
    package var members = 1 << 20
    /// The bytes of a name or a link target in a container.
    package var nameByteCount = 65_536
    /// How many times larger the contents of a container may be than the container, above ``expansionFloor``.
    package var expansionRatio: UInt64 = 200
    /// How large the contents of a container may be whatever its size, in bytes.
    package var expansionFloor: UInt64 = 256 << 20
    /// All bytes that come out of containers, one in the other included, as ``ExpansionTotal`` counts them.
    package var expandedByteCount: UInt64 = 512 << 30
    /// How many of those bytes there may be whatever the size of what is compared; above it ``expansionRatio`` holds for
    /// all of it together.
    ///
    /// Two containers of ``expansionFloor`` fit twice, and what costs most ends within ten seconds.
    package var expandedFloor: UInt64 = 1 << 30
    /// As how many of those bytes it counts to start the reader of a container, which takes some milliseconds.
    package var openingByteCount: UInt64 = 256 << 10
    /// How many deflated bytes may be looked through block by block, whatever the size of what is compared.
    package var deflatedFloor: UInt64 = 128 << 20
    /// How many times as many as are compared they may be, above ``deflatedFloor``.
    package var deflatedRatio: UInt64 = 4
    /// The bytes of temporary files at one time.
    package var temporaryByteCount: UInt64 = 32 << 30
    /// The bytes of memory that the parts of all containers take that are open at one time.
    ///
    /// Two archives of 100,000 members need some 120 MiB.
    package var layoutByteCount = 192 << 20
    /// The differences that are listed for one item.
    package var differencesPerItem = 256
    /// The differences that are listed in all.
    package var differences = 10_000
    /// The bytes of memory that all listed differences take, with what is shown of them.
    package var listedByteCount = 8 << 20
    /// The items that are listed in all; further ones count and are not named.
    package var items = 20_000
    /// The bytes of the names of all listed items.
    package var listedNameByteCount = 8 << 20
    /// The bytes of a text that is compared by lines.
    package var textByteCount: UInt64 = 16 << 20

    /// The usual ceilings.
    package init() {}
}
