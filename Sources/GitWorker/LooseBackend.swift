import CGit2
import Digests
import Glibc

/// Gives libgit2 the loose objects that ``LooseObjects`` has read and found to be what they declare.
///
/// It takes the place of libgit2's own reader of loose files, which is not safe on hostile ones.
enum LooseBackend {
    private final class Context {
        let objects: LooseObjects

        init(_ objects: LooseObjects) {
            self.objects = objects
        }
    }

    /// Adds the backend to `database`, which frees it.
    static func add(_ objects: LooseObjects, to database: OpaquePointer) throws(LibraryError) {
        let owner = UnsafeMutablePointer<vitrine_odb_backend>.allocate(capacity: 1)
        unsafe owner.initialize(to: vitrine_odb_backend())
        unsafe git_odb_init_backend(&owner.pointee.backend, UInt32(GIT_ODB_BACKEND_VERSION))
        unsafe owner.pointee.context = Unmanaged.passRetained(Context(objects)).toOpaque()
        unsafe owner.pointee.backend.read = readObject
        unsafe owner.pointee.backend.read_prefix = readPrefix
        unsafe owner.pointee.backend.read_header = readHeader
        unsafe owner.pointee.backend.exists = exists
        unsafe owner.pointee.backend.exists_prefix = existsPrefix
        unsafe owner.pointee.backend.free = release
        let backend = unsafe UnsafeMutableRawPointer(owner).assumingMemoryBound(to: git_odb_backend.self)
        // Before the packs, as git looks.
        try LibraryError.check(unsafe git_odb_add_backend(database, backend, 2))
    }

    private typealias Backend = UnsafeMutablePointer<git_odb_backend>

    private static let readObject:
        @convention(c) (
            UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UnsafeMutablePointer<Int>?,
            UnsafeMutablePointer<git_object_t>?, UnsafeMutablePointer<git_odb_backend>?, UnsafePointer<git_oid>?
        ) -> Int32 = { data, length, type, backend, id in
            guard let id = unsafe id?.pointee.objectID else { return GIT_ENOTFOUND.rawValue }
            return unsafe LooseBackend.give(id, data, length, type, backend)
        }

    private static let readPrefix:
        @convention(c) (
            UnsafeMutablePointer<git_oid>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
            UnsafeMutablePointer<Int>?, UnsafeMutablePointer<git_object_t>?, UnsafeMutablePointer<git_odb_backend>?,
            UnsafePointer<git_oid>?, Int
        ) -> Int32 = { found, data, length, type, backend, prefix, digits in
            let code = unsafe LooseBackend.find(found, backend, prefix, digits)
            guard code == 0, let id = unsafe found?.pointee.objectID else { return code }
            return unsafe LooseBackend.give(id, data, length, type, backend)
        }

    private static let readHeader:
        @convention(c) (
            UnsafeMutablePointer<Int>?, UnsafeMutablePointer<git_object_t>?, UnsafeMutablePointer<git_odb_backend>?,
            UnsafePointer<git_oid>?
        ) -> Int32 = { length, type, backend, id in
            guard let id = unsafe id?.pointee.objectID else { return GIT_ENOTFOUND.rawValue }
            return unsafe LooseBackend.give(id, nil, length, type, backend)
        }

    private static let exists:
        @convention(c) (UnsafeMutablePointer<git_odb_backend>?, UnsafePointer<git_oid>?) -> Int32 = { backend, id in
            guard let id = unsafe id?.pointee.objectID else { return 0 }
            return unsafe LooseBackend.objects(of: backend).contains(id) ? 1 : 0
        }

    private static let existsPrefix:
        @convention(c) (
            UnsafeMutablePointer<git_oid>?, UnsafeMutablePointer<git_odb_backend>?, UnsafePointer<git_oid>?, Int
        ) -> Int32 = { found, backend, prefix, digits in
            unsafe LooseBackend.find(found, backend, prefix, digits)
        }

    private static let release: @convention(c) (UnsafeMutablePointer<git_odb_backend>?) -> Void = { backend in
        guard let backend = unsafe backend else { return }
        let owner = unsafe UnsafeMutableRawPointer(backend).assumingMemoryBound(to: vitrine_odb_backend.self)
        if let context = unsafe owner.pointee.context { unsafe Unmanaged<Context>.fromOpaque(context).release() }
        unsafe owner.deallocate()
    }

    private static func objects(of backend: Backend?) -> LooseObjects {
        guard let backend = unsafe backend,
            let context = unsafe UnsafeMutableRawPointer(backend)
                .assumingMemoryBound(to: vitrine_odb_backend.self).pointee.context
        else { return LooseObjects(directories: []) }
        return unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue().objects
    }

    private static func find(
        _ found: UnsafeMutablePointer<git_oid>?,
        _ backend: Backend?,
        _ prefix: UnsafePointer<git_oid>?,
        _ digits: Int
    ) -> Int32 {
        guard let prefix = unsafe prefix?.pointee.objectID else { return GIT_ENOTFOUND.rawValue }
        let ids = unsafe objects(of: backend).ids(beginning: prefix, digitCount: digits)
        guard let id = ids.first else { return GIT_ENOTFOUND.rawValue }
        guard ids.count == 1 else { return GIT_EAMBIGUOUS.rawValue }
        unsafe found?.pointee = git_oid(id)
        return 0
    }

    /// Reads an object and, where `data` asks for them, hands over its bytes in memory of libgit2's.
    private static func give(
        _ id: GitObjectID,
        _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        _ length: UnsafeMutablePointer<Int>?,
        _ type: UnsafeMutablePointer<git_object_t>?,
        _ backend: Backend?
    ) -> Int32 {
        do {
            guard let opened = try unsafe objects(of: backend).open(id) else { return GIT_ENOTFOUND.rawValue }
            unsafe length?.pointee = opened.count
            unsafe type?.pointee = opened.kind.libraryType
            guard let data = unsafe data else { return 0 }
            let object = try opened.held()
            guard let memory = unsafe git_odb_backend_data_alloc(backend, object.count) else { return -1 }
            if let bytes = unsafe object.bytes.baseAddress {
                unsafe memory.copyMemory(from: bytes, byteCount: object.count)
            }
            unsafe data.pointee = memory
            return 0
        } catch {
            unsafe git_error_set_str(Int32(GIT_ERROR_ODB.rawValue), "loose object \(id.hex): \(error.explanation)")
            return -1
        }
    }
}

extension GitObjectKind {
    /// libgit2's name of the kind.
    var libraryType: git_object_t {
        switch self {
        case .commit: GIT_OBJECT_COMMIT
        case .tree: GIT_OBJECT_TREE
        case .blob: GIT_OBJECT_BLOB
        case .tag: GIT_OBJECT_TAG
        }
    }

    /// The kind that libgit2 names; nil for what is no object.
    init?(_ type: git_object_t) {
        switch type {
        case GIT_OBJECT_COMMIT: self = .commit
        case GIT_OBJECT_TREE: self = .tree
        case GIT_OBJECT_BLOB: self = .blob
        case GIT_OBJECT_TAG: self = .tag
        default: return nil
        }
    }
}
