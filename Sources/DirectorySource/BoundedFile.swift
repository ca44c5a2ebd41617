/// The reading of one whole file that may not be larger than a ceiling.
///
/// A pipe, a device or a directory is refused at once, and so is a file that is too large: nothing is read of it.
package enum BoundedFile {
    /// The bytes of the regular file at `path`, at most `ceiling` of them; symbolic links are followed.
    ///
    /// A file that grows while it is read is refused as soon as it passes the ceiling.
    package static func read(_ path: [UInt8], ceiling: Int) throws(DescriptorError) -> [UInt8] {
        let file = try FileDescriptor.open(path, for: .reading)
        do {
            return try read(file, path, ceiling)
        } catch let error as SystemError {
            throw DescriptorError(path: path, cause: .system(error))
        } catch let error as DescriptorError {
            throw error
        } catch {
            throw DescriptorError(path: path, cause: .system(.last(.read)))
        }
    }

    private static func read(
        _ file: borrowing FileDescriptor,
        _ path: [UInt8],
        _ ceiling: Int
    ) throws -> [UInt8] {
        let status = try file.status()
        guard status.kind == .regular else { throw DescriptorError(path: path, cause: .notRegular(status.kind)) }
        guard status.size <= UInt64(ceiling) else {
            throw DescriptorError(path: path, cause: .tooLarge(size: status.size, ceiling: ceiling))
        }
        var content: [UInt8] = []
        content.reserveCapacity(Int(status.size))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { return content }
            guard content.count + count <= ceiling else {
                throw DescriptorError(
                    path: path,
                    cause: .tooLarge(size: UInt64(content.count + count), ceiling: ceiling)
                )
            }
            content.append(contentsOf: buffer[..<count])
        }
    }
}
