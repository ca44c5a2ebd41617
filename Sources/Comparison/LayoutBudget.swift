/// How much memory the layouts of all containers may take that are open at one time, one in the other.
final class LayoutBudget {
    private let ceiling: Int
    /// The bytes of the layouts that are held.
    private(set) var used = 0

    init(ceiling: Int) {
        self.ceiling = ceiling
    }

    /// Counts one more layout; throws where there is no room for it.
    func take(_ layout: ContainerLayout) throws(Unopenable) {
        let count = layout.memoryByteCount
        guard count <= ceiling - used else {
            throw Unopenable(reason: "the parts of all open containers need more than \(ceiling) bytes of memory")
        }
        used += count
    }

    /// Forgets the layouts that were counted since `earlier` bytes were in use.
    func giveBack(to earlier: Int) {
        used = earlier
    }
}

extension ContainerLayout {
    /// About how many bytes of memory it takes; names are there raw and escaped.
    fileprivate var memoryByteCount: Int {
        members.reduce(layout.regions.count * MemoryLayout<FileLayout.Region>.stride) {
            $0 + MemoryLayout<ContainerMember>.stride + $1.name.count + $1.namesByteCount
        }
    }
}
