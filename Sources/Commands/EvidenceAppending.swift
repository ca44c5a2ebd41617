import Attestations
import DirectorySource
import Glibc

/// The adding of lines to evidence that is there; nothing that is there is changed.
enum EvidenceAppending {
    /// Adds an envelope as the last line, durably, and keeps others from doing the same meanwhile.
    ///
    /// Throws a refusal where the attestations that are there cannot be read, or may hold no more.
    static func append(_ envelope: Envelope, to directory: [UInt8]) throws(Trouble) {
        let lock = try lock(directory)
        defer { close(lock) }
        let old = try attestations(in: directory)
        do throws(MalformedEnvelopeLines) {
            _ = try EnvelopeLines(parsing: old)
        } catch {
            let reason = escaped(Array(error.description.utf8))
            throw .refusal("the attestations in \(escaped(directory)) cannot be read: \(reason)")
        }
        try append(envelope, to: old, in: directory)
    }

    private static func attestations(in directory: [UInt8]) throws(Trouble) -> [UInt8] {
        let path = FilePath.join(directory, EvidenceFiles.attestationsName)
        do throws(DescriptorError) {
            return try BoundedFile.read(path, ceiling: EvidenceDirectory.attestationsCeiling)
        } catch {
            throw Trouble(error.description)
        }
    }

    /// Adds an envelope to the lines `old`, for callers who hold the lock and read them under it.
    static func append(_ envelope: Envelope, to old: [UInt8], in directory: [UInt8]) throws(Trouble) {
        let lines = old + EnvelopeLines.line(of: envelope)
        guard (try? EnvelopeLines(parsing: lines)) != nil else {
            throw .refusal("the attestations in \(escaped(directory)) are as large as evidence may be")
        }
        let path = FilePath.join(directory, EvidenceFiles.attestationsName)
        try DurableFile.write(lines, to: path, replacing: true)
    }

    /// Keeps two writers from replacing each other's line, until the descriptor is closed.
    static func lock(_ directory: [UInt8]) throws(Trouble) -> Int32 {
        let descriptor = Descriptor.openForReading(directory, flags: O_DIRECTORY)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            throw Trouble("cannot lock \(escaped(directory)): \(Descriptor.lastReason)")
        }
        return descriptor
    }
}
