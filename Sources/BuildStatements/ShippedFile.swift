/// A shipped file, as the reader has it in front of them.
package struct ShippedFile: Hashable, Sendable {
    /// The raw bytes of its name; shown, never compared: a file is matched by its SHA-256.
    package let name: [UInt8]
    /// Its bytes.
    package let content: RebuildRecord.Content

    /// Names a shipped file.
    package init(name: [UInt8], content: RebuildRecord.Content) {
        self.name = name
        self.content = content
    }
}
