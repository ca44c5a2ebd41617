import DirectorySource
import CLinux
import Glibc
import Synchronization

/// A line on the terminal that says how far a reading has come; nothing at all where there is no terminal.
final class ProgressLine: Sendable {
    private let progress: ReadingProgress
    private let expectedBytes: UInt64?
    private let isOver = Mutex(false)
    private let start = ProgressLine.now
    private static let isShown = Atomic<Bool>(false)

    private init(_ progress: ReadingProgress, expectedBytes: UInt64?) {
        self.progress = progress
        self.expectedBytes = expectedBytes
    }

    /// Shows the progress of `body`; `expectedBytes` is what it will read, where that is known.
    static func show<Result, Failure: Error>(
        _ progress: ReadingProgress,
        expectedBytes: UInt64? = nil,
        during body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard Console.hasTerminal else { return try body() }
        let line = ProgressLine(progress, expectedBytes: expectedBytes)
        WorkerThreads.detach {
            // Short readings show nothing.
            repeat { usleep(250_000) } while line.draw()
        }
        defer { line.end() }
        return try body()
    }

    /// Wipes the line, where there is one, for a last message.
    static func wipe() {
        guard isShown.exchange(false, ordering: .relaxed) else { return }
        put("\r\u{1B}[K")
    }

    private static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func draw() -> Bool {
        isOver.withLock { isOver in
            guard !isOver else { return false }
            ProgressLine.isShown.store(true, ordering: .relaxed)
            // Without wrapping: what a narrow terminal cannot show in one line would not be wiped again.
            ProgressLine.put("\r\u{1B}[K\u{1B}[?7l\(text)\u{1B}[?7h")
            return true
        }
    }

    private func end() {
        isOver.withLock { isOver in
            isOver = true
            ProgressLine.wipe()
        }
    }

    private static func put(_ text: String) {
        _ = Descriptor.write(Array(text.utf8).span, to: STDERR_FILENO)
    }

    private var text: String {
        let (bytes, seconds) = (Double(progress.bytes), max(ProgressLine.now - start, 0.001))
        let rate = bytes / seconds
        var text = "\(progress.files) files, \(ProgressLine.size(bytes)), \(ProgressLine.size(rate))/s"
        if let expectedBytes, rate > 0, Double(expectedBytes) > bytes {
            text += ", \(Int((Double(expectedBytes) - bytes) / rate) + 1) s left"
        }
        return text
    }

    /// A number of bytes in decimal units.
    static func size(_ bytes: Double) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var (value, unit) = (bytes, 0)
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        guard unit > 0 else { return "\(Int(value)) \(units[0])" }
        let tenths = Int(value * 10)
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
