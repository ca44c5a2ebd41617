@testable import Comparison

/// Signs a Mach-O file of one architecture as Apple's codesign_allocate does; every step can be made a lie.
struct MachOSigner {
    /// What a part of the result is, to change it.
    enum Place { case command, behindCommands, alignment, fileSize, memorySize }

    /// What the sizes in memory are a multiple of.
    var page = 0x4000
    /// Whether the size in memory stays as it was where there is room.
    var keepsMemorySize = false
    /// Zeros put before the signature, beside those that align it.
    var moreAlignment = 0
    /// Zeros between the signature and the end of `__LINKEDIT`.
    var moreLinkEdit = 0
    /// Bytes to exclusive-or, by place and offset there.
    var changes: [(Place, Int, UInt8)] = []

    /// The file with what `make` gives for the size of its code.
    func sign(_ file: [UInt8], _ make: (Int) -> [UInt8]) throws -> [UInt8] {
        let commands = try MachOCommands(BytesInMemory(file))
        guard let segment = MachOLayout.linkEdit(commands) else { throw NotSignable() }
        let (order, word) = (commands.reader.isBigEndian, commands.is64 ? 8 : 4)
        func number(_ value: Int, _ size: Int) -> [UInt8] {
            var writer = ByteWriter(isBigEndian: order)
            writer.number(UInt64(value), size)
            return writer.bytes
        }
        let start = (file.count + 15) / 16 * 16 + moreAlignment
        let signature = make(start)
        let size = start + signature.count + moreLinkEdit - Int(segment.range.lowerBound)
        let (command, memory) = (Int(commands.commandsEnd), Int(segment.memorySizeField.lowerBound))
        let disk = Int(segment.fileSizeField.lowerBound)
        var signed = file + [UInt8](repeating: 0, count: start - file.count) + signature
        signed += [UInt8](repeating: 0, count: moreLinkEdit)
        let pieces = [number(0x1D, 4), number(16, 4), number(start, 4), number(signature.count, 4)]
        signed.replaceSubrange(command..<command + 16, with: pieces.joined())
        signed.replaceSubrange(16..<20, with: number(Int(commands.commandCount) + 1, 4))
        let end = Int(commands.commandsEnd) - Int(commands.header.upperBound)
        signed.replaceSubrange(20..<24, with: number(end + 16, 4))
        signed.replaceSubrange(disk..<disk + word, with: number(size, word))
        if !keepsMemorySize || size > Int(segment.memorySize) {
            signed.replaceSubrange(memory..<memory + word, with: number((size + page - 1) / page * page, word))
        }
        for (place, offset, bits) in changes {
            switch place {
            case .command: signed[command + offset] ^= bits
            case .behindCommands: signed[command + 16 + offset] ^= bits
            case .alignment: signed[file.count + offset] ^= bits
            case .fileSize: signed[disk + offset] ^= bits
            case .memorySize: signed[memory + offset] ^= bits
            }
        }
        return signed
    }

    /// A signature as codesign makes it with a certificate: code directory, requirements, a message.
    static func certified(
        flags: UInt64 = 0,
        text: Int,
        message: Int = 900,
        _ changes: [Int: UInt8] = [:],
        more: [(UInt64, [UInt8])] = []
    ) -> (Int) -> [UInt8] {
        { size in
            var changes = changes
            // The limit of the executable segment; __TEXT ends there.
            for index in 0..<4 where changes[76 + index] == nil {
                changes[76 + index] = UInt8(truncatingIfNeeded: text >> (24 - 8 * index))
            }
            let directory = MachOBytes.codeDirectory(size: size, flags: flags, team: "TEAM", changes)
            let message = [UInt8](repeating: 8, count: message)
            return MachOBytes.superBlob([(0, directory), (2, [0, 0, 0, 0])] + more + [(0x10000, message)])
        }
    }

    /// A signature as a linker makes it: a code directory alone.
    static func adHoc(
        flags: UInt64 = 0x20002,
        text: Int,
        team: String = "",
        gap: [UInt8] = [],
        runtime: [UInt8]? = nil
    ) -> (Int) -> [UInt8] {
        { size in
            var limit: [Int: UInt8] = [:]
            for index in 0..<4 { limit[76 + index] = UInt8(truncatingIfNeeded: text >> (24 - 8 * index)) }
            let directory = MachOBytes.codeDirectory(
                size: size,
                flags: flags,
                team: team,
                limit,
                gap: gap,
                runtime: runtime
            )
            return MachOBytes.superBlob([(0, directory)])
        }
    }
}

/// A file without `__LINKEDIT`.
struct NotSignable: Error {}
