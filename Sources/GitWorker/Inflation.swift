import CDeflate
import CZlib

/// Inflates a zlib stream whose inflated length is known, in one go (libdeflate).
@safe final class WholeInflater {
    private let decompressor: OpaquePointer

    /// Makes an inflater; nil without memory.
    init?() {
        guard let decompressor = unsafe libdeflate_alloc_decompressor() else { return nil }
        unsafe self.decompressor = unsafe decompressor
    }

    deinit {
        unsafe libdeflate_free_decompressor(decompressor)
    }

    /// Fills `output` from the stream at the start of `input`; whether the stream gave exactly that many bytes.
    func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        // Without a place for the produced length, libdeflate demands that the output be filled.
        let result = unsafe libdeflate_zlib_decompress(
            decompressor,
            input.baseAddress,
            input.count,
            output.baseAddress,
            output.count,
            nil
        )
        return result == LIBDEFLATE_SUCCESS
    }
}

/// Inflates a zlib stream piece by piece (zlib), in constant memory.
@safe final class StreamInflater {
    private var stream = unsafe z_stream()
    /// Keeps the mapping alive that the stream reads.
    private let file: MappedFile
    private let total: Int
    private var remaining: Int
    /// Whether the end of the stream was reached.
    private(set) var isFinished = false

    /// Starts on the stream at `offset` of `file`; nil without memory.
    init?(_ file: MappedFile, from offset: Int) {
        guard let input = unsafe file.bytes(offset..<file.count), unsafe vitrine_inflate_init(&stream) == Z_OK else {
            return nil
        }
        self.file = file
        total = input.count
        remaining = input.count
        let start = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.next_in = unsafe UnsafeMutablePointer(mutating: start)
        unsafe stream.avail_in = 0
    }

    deinit {
        unsafe inflateEnd(&stream)
    }

    /// How many bytes the disk holds of the file.
    var storedCount: Int { file.storedCount }

    /// How many bytes of the input the stream has taken.
    var consumed: Int { unsafe total - remaining - Int(stream.avail_in) }

    /// Fills `output` as far as the stream goes; the number of bytes written, nil when the stream is damaged.
    func inflate(into output: UnsafeMutableRawBufferPointer) -> Int? {
        let asked = min(output.count, 1 << 30)
        unsafe stream.next_out = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_out = UInt32(asked)
        while unsafe !isFinished && stream.avail_out > 0 {
            if unsafe stream.avail_in == 0, remaining > 0 {
                let piece = min(remaining, 1 << 30)
                unsafe stream.avail_in = UInt32(piece)
                remaining -= piece
            }
            switch unsafe CZlib.inflate(&stream, Z_NO_FLUSH) {
            case Z_OK: continue
            case Z_STREAM_END: isFinished = true
            default: return nil
            }
        }
        return unsafe asked - Int(stream.avail_out)
    }
}
