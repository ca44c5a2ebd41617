import Glibc

/// Why a worker ends: its parent is gone or speaks another language.
struct WorkerExit: Error {}

/// The worker's end of the two pipes: standard input and standard output.
struct WorkerChannel {
    /// The longest request that is read, in bytes: ids of two million objects.
    private static let maximumFrame = 48 << 20

    /// The next request; nil when the parent has closed the pipe.
    func next() throws(WorkerExit) -> WorkerRequest? {
        var head = [UInt8](repeating: 0, count: 4)
        guard fill(&head) else { return nil }
        let count = (0..<4).reduce(0) { $0 | Int(head[$1]) << (8 * $1) }
        guard count > 0, count <= WorkerChannel.maximumFrame else { throw WorkerExit() }
        var frame = [UInt8](repeating: 0, count: count)
        guard fill(&frame), let request = WorkerRequest(frame: frame) else { throw WorkerExit() }
        return request
    }

    /// Waits until the parent gives a slot back.
    func nextRelease() throws(WorkerExit) -> Int {
        guard case .release(let slot) = try next(), slot < SharedSlots.count else { throw WorkerExit() }
        return slot
    }

    /// Sends a response.
    func send(_ response: WorkerResponse) throws(WorkerExit) {
        let frame = response.frame
        var sent = 0
        while sent < frame.count {
            let count = unsafe frame.withUnsafeBytes { bytes in
                unsafe write(STDOUT_FILENO, bytes.baseAddress.map { unsafe $0 + sent }, frame.count - sent)
            }
            if count < 0 {
                guard errno == EINTR else { throw WorkerExit() }
                continue
            }
            sent += count
        }
    }

    private func fill(_ buffer: inout [UInt8]) -> Bool {
        var filled = 0
        let total = buffer.count
        while filled < total {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe read(STDIN_FILENO, bytes.baseAddress.map { unsafe $0 + filled }, total - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            filled += count
        }
        return true
    }
}
