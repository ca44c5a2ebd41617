#if DEBUG  // Looks inside modules, which only a debug build lets it do.
import Digests
import Encodings

@testable import GitSource
@testable import GitWorker

extension FuzzTarget {
    /// Objects of a repository that the parent reads from raw bytes.
    static let gitObjects: [FuzzTarget] = [
        FuzzTarget("tree-object") { bytes in
            let spellings: [TreeEntryMode: String] = [
                .directory: "40000", .file: "100644", .executable: "100755", .symbolicLink: "120000",
                .submodule: "160000",
            ]
            var written: [UInt8] = []
            var names: [[UInt8]] = []
            do throws(BadTree) {
                try TreeObject.forEachEntry(of: bytes) { mode, name, id in
                    written += Array((spellings[mode] ?? "").utf8) + [0x20] + bytes[name] + [0] + id.bytes
                    names.append(Array(bytes[name]))
                }
            } catch {
                return false
            }
            promise(written == bytes && Set(names).count == names.count)
            promise(names.allSatisfy { (try? TreePath($0)) != nil })
            return true
        },
        FuzzTarget("commit-object") { bytes in
            guard let tree = CommitObject.tree(of: bytes) else { return false }
            promise(bytes.starts(with: "tree \(tree.hex)".utf8))
            return true
        },
        FuzzTarget("tag-object") { bytes in
            guard let tag = TagObject(bytes) else { return false }
            let head = Array("object \(tag.object.hex)\ntype \(tag.kind.rawValue)\ntag ".utf8) + tag.name
            promise(bytes.starts(with: head))
            return true
        },
    ]

    /// Other files of a repository; the pack, loose object and delta are read in the worker.
    static let gitFiles: [FuzzTarget] = [
        FuzzTarget("index-flags") { bytes in
            guard let flags = try? IndexFlags(bytes) else { return false }
            promise((flags.assumeUnchanged + flags.skipWorktree).allSatisfy { !$0.contains(0) })
            return true
        },
        FuzzTarget("gitmodules") { bytes in
            guard let places = ScratchFiles.places else { return false }
            let path = Array("sub/lib".utf8)
            for place in SubmoduleSettings(bytes).repositories(of: path, in: places) {
                let beneath = place.dropFirst(places.workTree.count)
                promise(place.starts(with: places.workTree) && !beneath.split(separator: 0x2F).contains([0x2E, 0x2E]))
            }
            return true
        },
        FuzzTarget("delta-instructions") { bytes in
            // Two bytes for the length of the base, the base, the delta.
            guard let (base, delta) = ScratchFiles.parts(bytes) else { return false }
            return unsafe delta.withUnsafeBytes { delta in
                guard let header = unsafe DeltaInstructions.header(delta), header.resultCount <= 1 << 20 else {
                    return false
                }
                var result = [UInt8](repeating: 0, count: header.resultCount)
                return unsafe base.withUnsafeBytes { base in
                    unsafe result.withUnsafeMutableBytes { result in
                        unsafe DeltaInstructions.apply(delta, from: header.start, to: base, into: result)
                    }
                }
            }
        },
        FuzzTarget("pack") { bytes in
            // Two bytes for the length of the index, the index, the pack; every object that it names is read.
            guard let (index, pack) = ScratchFiles.parts(bytes) else { return false }
            let ids = stride(from: 1032, to: min(index.count, 1032 + 20 * 64), by: 20).compactMap { start in
                GitObjectID(Array(index[start..<min(start + 20, index.count)]))
            }
            return ScratchFiles.with([("pack.idx", index), ("pack.pack", pack)]) { folder in
                guard var packs = PackedObjects(indexPaths: [folder + Array("/pack.idx".utf8)]) else { return false }
                return ids.count { isRead($0, &packs) } > 0
            }
        },
        FuzzTarget("loose-object") { bytes in
            // The input as the file, and as what the file inflates to.
            let isRead = [bytes, ScratchFiles.stored(bytes)].map { file in
                guard let content = looseContent(file) else { return false }
                promise(file == bytes || content == bytes)
                return true
            }
            return isRead.contains(true)
        },
    ]

    /// What parent and worker say to each other.
    static let workerFrames: [FuzzTarget] = [
        FuzzTarget("worker-request") { bytes in
            guard let request = WorkerRequest(frame: bytes) else { return false }
            promise(Array(request.frame.dropFirst(4)) == bytes)
            return true
        },
        FuzzTarget("worker-response") { bytes in
            guard let response = WorkerResponse(frame: bytes) else { return false }
            promise(Array(response.frame.dropFirst(4)) == bytes)
            return true
        },
    ]

    private static func isRead(_ id: GitObjectID, _ packs: inout PackedObjects) -> Bool {
        guard let location = packs.location(of: id), let content = try? packs.content(at: location) else {
            return false
        }
        switch content {
        case .held: return true
        case .streamed(let stream): return (try? stream.held()) != nil
        case .whole(let whole):
            guard let room = try? ObjectBuffer(whole.kind, count: whole.count) else { return false }
            return (unsafe try? packs.inflate(whole, into: room.room)) != nil
        }
    }

    /// What a loose file inflates to, header and all; nil when it is refused.
    private static func looseContent(_ file: [UInt8]) -> [UInt8]? {
        guard let id = GitObjectID([UInt8](repeating: 0, count: 20)) else { return nil }
        var content: [UInt8]?
        _ = ScratchFiles.with([("00/" + String(repeating: "0", count: 38), file)]) { folder in
            let objects = LooseObjects(directories: [folder])
            promise(objects.contains(id) && objects.ids(beginning: id, digitCount: 2) == [id])
            guard let stream = try? objects.open(id), let object = try? stream.held() else { return false }
            let body = unsafe Array(object.bytes)
            content = Array("\(object.kind.rawValue) \(object.count)".utf8) + [0] + body
            return true
        }
        return content
    }
}
#endif
