/// A shipped file, as the reader has it in front of them.
package struct ShippedFile: Hashable, Sendable {
    /// The raw bytes of its name; shown, never compared: a file is matched by its SHA-256.
    package let name: [UInt8]
    /// Its bytes.
    package let content: RebuildRecord.Content
    /// The low twelve bits of its mode, told and not judged; 0 where nobody looked.
    package let permissions: UInt16

    /// Names a shipped file.
    package init(name: [UInt8], content: RebuildRecord.Content, permissions: UInt16 = 0) {
        self.name = name
        self.content = content
        self.permissions = permissions
    }
}
