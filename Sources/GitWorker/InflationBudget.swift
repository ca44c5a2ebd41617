import Glibc

/// What a worker may do for a repository, against what the repository stores: small files must not cost hours.
///
/// A pack of 400 KB can hold 2,000 deltas of one base of 60 MB, each of which makes 60 MB again. Honest repositories
/// make a few times what they store: the tree of Linux 6.1 about five times its pack. Bytes count each time that
/// they are made, those of bases and of deltas too.
final class InflationBudget {
    /// Every repository may make this much, in bytes.
    static let floor = 1536 << 20
    /// Beyond the floor, each stored byte may become this many.
    static let ratio = 64
    // libgit2 does not tell what it inflates. It may take 3 s of processor time, and for each object and each byte
    // many times what honest ones need.
    private static let libraryFloor = 3_000_000_000
    private static let nanosecondsPerObject = 200_000
    private static let nanosecondsPerByte = 100

    private var bytes: Int
    private var nanoseconds: Int

    /// Starts with one of `share` parts of the floor: a repository may have very many submodules.
    init(share: Int = 1) {
        bytes = InflationBudget.floor / max(1, share)
        nanoseconds = InflationBudget.libraryFloor / max(1, share)
    }

    /// Adds what another pack or loose object stores, in bytes.
    func add(storedByteCount count: Int) {
        bytes = InflationBudget.sum(bytes, count, InflationBudget.ratio)
        nanoseconds = InflationBudget.sum(nanoseconds, count, InflationBudget.nanosecondsPerByte)
    }

    /// Takes `count` bytes that are about to be made.
    func take(_ count: Int) throws(ObjectFault) {
        guard count <= bytes else { throw .inflatesTooMuch }
        bytes -= count
    }

    /// Calls libgit2 for one object and takes the processor time that it took; `count` is how long the object is.
    func takeTime<Result, Failure>(
        _ count: (Result) -> Int,
        of call: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        nanoseconds = InflationBudget.sum(nanoseconds, 1, InflationBudget.nanosecondsPerObject)
        let start = InflationBudget.processorTime
        defer { nanoseconds -= InflationBudget.processorTime - start }
        let result = try call()
        nanoseconds = InflationBudget.sum(nanoseconds, count(result), InflationBudget.nanosecondsPerByte)
        return result
    }

    /// Throws once libgit2 has taken more time than the repository is worth.
    func checkTime() throws(ObjectFault) {
        guard nanoseconds > 0 else { throw .inflatesTooMuch }
    }

    /// `start` and `count` times `factor`, or the largest number there is.
    private static func sum(_ start: Int, _ count: Int, _ factor: Int) -> Int {
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: factor)
        let (sum, overflows) = start.addingReportingOverflow(product)
        return isTooLarge || overflows ? .max : sum
    }

    private static var processorTime: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
