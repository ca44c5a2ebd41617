import ChildProcesses
import Glibc

/// The process that opens containers through libarchive: it reads one part of one open file and tells its members.
///
/// Everything that a shipped archive can reach through C runs here, under limits, with nothing to lose: no key, no
/// file opened for writing, no network, no name that is ever created. Its parent checks what it is told.
package enum ContainerWorker {
    /// The argument that makes the program a worker.
    package static let argument = "archive-worker"
    /// The most private memory, in bytes.
    private static let privateMemory: UInt = 192 << 20

    /// Reads standard input as the arguments say, and writes frames to standard output; the exit status.
    ///
    /// The arguments are a format, whether contents are wanted (`list` or `data`), and the first byte and the number
    /// of bytes of the part.
    package static func run(_ arguments: [String]) -> Int32 {
        guard arguments.count == 4, let format = ArchiveFormat(rawValue: arguments[0]),
            ["list", "data"].contains(arguments[1]), let start = Int64(arguments[2]), let count = Int64(arguments[3]),
            start >= 0, count >= 0, start.addingReportingOverflow(count).overflow == false
        else { return 2 }
        // Names are converted as if every locale were this one; nothing is read from the environment.
        guard unsafe setlocale(LC_ALL, "C.UTF-8") != nil, WorkerLimits.apply(privateMemory: privateMemory) else {
            return 2
        }
        var output = FrameOutput()
        do throws(FrameOutput.ParentGone) {
            do throws(ArchiveRefused) {
                let end = try read(format, contents: arguments[1] == "data", start: start, count: count, to: &output)
                try output.tell(.end, end)
            } catch {
                guard !error.isParentGone else { return 2 }
                try output.send(.failure, error.text)
            }
            try output.flush()
            return 0
        } catch {
            return 2
        }
    }

    /// Tells all members; the content of the frame that ends them.
    private static func read(
        _ format: ArchiveFormat,
        contents: Bool,
        start: Int64,
        count: Int64,
        to output: inout FrameOutput
    ) throws(ArchiveRefused) -> [UInt8] {
        var numbers: [UInt64] = []
        if format == .gzip {
            var reader = GzipReader(start: start, count: count)
            try reader.send(to: &output)
            numbers = [reader.takenCount] + reader.deflateCounts
        } else {
            let archive = try LibArchive(format, start: start, count: count)
            try archive.send(contents: contents, to: &output)
            if format.isLayer { numbers = [archive.takenCount] }
        }
        var end: [UInt8] = []
        for number in numbers { MemberFrame.append(number, 8, to: &end) }
        return end
    }
}

/// Why a container is not read on: libarchive's words, or ours.
struct ArchiveRefused: Error {
    let text: [UInt8]
    /// Nobody is there to be told.
    var isParentGone = false

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    init(text: [UInt8]) {
        self.text = text
    }

    /// Nobody reads any more.
    static var parentGone: ArchiveRefused {
        var refused = ArchiveRefused("")
        refused.isParentGone = true
        return refused
    }
}

/// Standard output, in frames.
struct FrameOutput {
    /// Nobody reads any more.
    struct ParentGone: Error {}

    private static let capacity = 256 << 10
    private var pending: [UInt8] = []

    init() {
        pending.reserveCapacity(FrameOutput.capacity + MemberFrame.otherCeiling)
    }

    /// Adds a frame.
    mutating func send(_ kind: MemberFrame.Kind, _ content: [UInt8]) throws(ParentGone) {
        MemberFrame.appendHead(kind, content.count, to: &pending)
        pending.append(contentsOf: content)
        if pending.count >= FrameOutput.capacity { try flush() }
    }

    /// Adds a frame, for those who can be refused for other reasons too.
    mutating func tell(_ kind: MemberFrame.Kind, _ content: [UInt8]) throws(ArchiveRefused) {
        do throws(ParentGone) {
            try send(kind, content)
        } catch {
            throw .parentGone
        }
    }

    /// Adds data, for those who can be refused for other reasons too.
    mutating func tellData(_ data: UnsafeRawBufferPointer) throws(ArchiveRefused) {
        do throws(ParentGone) {
            unsafe try sendData(data)
        } catch {
            throw .parentGone
        }
    }

    /// Adds data in as many frames as it takes.
    mutating func sendData(_ data: UnsafeRawBufferPointer) throws(ParentGone) {
        var start = 0
        while start < data.count {
            let end = min(data.count, start + MemberFrame.dataCeiling)
            MemberFrame.appendHead(.data, end - start, to: &pending)
            unsafe pending.append(contentsOf: data[start..<end])
            if pending.count >= FrameOutput.capacity { try flush() }
            start = end
        }
    }

    /// Writes what is pending.
    mutating func flush() throws(ParentGone) {
        var written = 0
        while written < pending.count {
            let count = unsafe pending.withUnsafeBytes { bytes in
                unsafe write(STDOUT_FILENO, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ParentGone() }
            written += count
        }
        pending.removeAll(keepingCapacity: true)
    }
}
