import CLinux
import Digests
import DirectorySource
import Encodings
import Glibc
import Synchronization
import Verification

/// Files that several threads copy to a directory and hash on the way.
final class FileCopies: Sendable {
    /// One file.
    struct Order: Sendable {
        /// Where it is on this machine.
        let path: [UInt8]
        /// Where its copy goes beneath the directory, whose parent must be there; nil for one that is only hashed.
        let place: [UInt8]?
        let mode: mode_t
        let time: timespec
    }

    private struct Outcome: Sendable {
        var digests: [Digest?]
        var error: (any Error)?
    }

    private let root: TreeDescriptor
    private let orders: [Order]
    private let next = Atomic<Int>(0)
    private let outcome: Mutex<Outcome>

    private init(_ orders: [Order], to root: consuming TreeDescriptor) {
        self.orders = orders
        self.root = root
        outcome = Mutex(Outcome(digests: Array(repeating: nil, count: orders.count)))
    }

    /// Copies everything; the SHA-256 of each file, nil for one that cannot be opened.
    static func make(_ orders: [Order], to root: consuming TreeDescriptor) throws -> [Digest?] {
        let copies = FileCopies(orders, to: root)
        WorkerThreads.run(ReadingOptions.coreCount) { copies.work() }
        let outcome = copies.outcome.withLock { $0 }
        if let error = outcome.error { throw error }
        return outcome.digests
    }

    private func work() {
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var hash = SHA256()
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < orders.count, outcome.withLock({ $0.error == nil }) else { return }
            do {
                let digest = try copy(orders[index], &buffer, &hash)
                outcome.withLock { $0.digests[index] = digest }
            } catch {
                outcome.withLock { $0.error = error }
                return
            }
        }
    }

    private func copy(_ order: Order, _ buffer: inout [UInt8], _ hash: inout SHA256) throws -> Digest? {
        guard let file = try? FileDescriptor.open(order.path, for: .reading) else { return nil }
        guard let place = order.place else { return try read(file, order, &buffer, &hash) { _ in } }
        let copy = try root.create(place, mode: 0o600)
        let digest = try read(file, order, &buffer, &hash) { bytes in
            do throws(BuildFileError) { try copy.write(bytes) } catch {
                throw BuildFileError("copy", order.path, code: error.code)
            }
        }
        let times = [order.time, order.time]
        let isSet = unsafe times.withUnsafeBufferPointer { unsafe futimens(copy.number, $0.baseAddress) } == 0
        // Nothing in a sandbox can use the bits that give rights.
        guard isSet, fchmod(copy.number, order.mode & 0o755 | 0o444) == 0 else {
            throw BuildFileError("set the mode of", place)
        }
        return digest
    }

    private func read(
        _ file: borrowing FileDescriptor,
        _ order: Order,
        _ buffer: inout [UInt8],
        _ hash: inout SHA256,
        _ receive: (RawSpan) throws -> Void
    ) throws -> Digest {
        while true {
            let count: Int
            do throws(SystemError) { count = try file.read(into: &buffer) } catch {
                throw ToolchainRefused("\(ASCII.escape(order.path, limit: 4096)): cannot be read: error \(error.code)")
            }
            if count == 0 { return hash.finish() }
            let bytes = unsafe buffer.span.extracting(0..<count).bytes
            hash.update(bytes)
            try receive(bytes)
        }
    }
}
