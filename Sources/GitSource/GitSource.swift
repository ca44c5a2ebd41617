import Digests
import GitWorker

package enum GitSource {
    package static func trial(repository: [UInt8], options: GitReadingOptions) throws -> Int {
        let lane = try ObjectLane(repository: repository, executable: options.executable)
        let reader = CommitReader(options: options)
        let found = try reader.commit(from: try lane.resolve(options.revision).id, lane)
        let tree = try reader.read(found, lane, repository: repository)
        return tree.blobs.hashes.count
    }
}
