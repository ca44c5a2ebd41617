import CGit2
import Digests
import Glibc

/// A repository opened by libgit2, the judge of what a repository is.
///
/// No configuration of the system or the user is read, no owner asked for, nothing executed or written.
@safe
final class LibraryRepository {
    let places: RepositoryPlaces
    let loose: LooseObjects
    /// The object directories, alternates included.
    let objectDirectories: [[UInt8]]
    private let repository: OpaquePointer
    private let database: OpaquePointer

    /// Starts libgit2; to be called once, before the first repository.
    static func startLibrary() throws(LibraryError) {
        try LibraryError.check(git_libgit2_init())
        for level in [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
        ] {
            try LibraryError.check(unsafe vitrine_git_search_path(Int32(level.rawValue), ""))
        }
        try LibraryError.check(vitrine_git_owner_validation(0))
        try LibraryError.check(vitrine_git_strict_hash(1))
        try LibraryError.check(vitrine_git_caching(0))
        try LibraryError.check(vitrine_git_harmless_extensions())
    }

    /// Opens the repository at `path`: a work tree's root, a `.git` directory, or a bare repository.
    init(path: [UInt8]) throws(LibraryError) {
        var opened: OpaquePointer?
        let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
        try LibraryError.check(
            unsafe FileSystem.withPath(path) { unsafe git_repository_open_ext(&opened, $0, flags, nil) }
        )
        var created: OpaquePointer?
        try LibraryError.check(unsafe git_odb_new(&created))
        guard let repository = unsafe opened, let database = unsafe created else { throw LibraryError(code: -1) }
        unsafe self.repository = unsafe repository
        unsafe self.database = unsafe database
        places = unsafe RepositoryPlaces(
            gitDirectory: LibraryRepository.bytes(git_repository_path(repository)),
            commonDirectory: LibraryRepository.bytes(git_repository_commondir(repository)),
            workTree: LibraryRepository.bytes(git_repository_workdir(repository))
        )
        objectDirectories = Alternates.objectDirectories(of: places.commonDirectory + Array("objects".utf8))
        loose = LooseObjects(directories: objectDirectories)
        try addBackends()
    }

    deinit {
        unsafe git_odb_free(database)
        unsafe git_repository_free(repository)
    }

    /// The object that `revision` names (gitrevisions), and the reference it went through.
    func resolve(_ revision: [UInt8]) throws(LibraryError) -> (id: GitObjectID, reference: [UInt8]) {
        var object: OpaquePointer?
        var reference: OpaquePointer?
        try LibraryError.check(
            unsafe FileSystem.withPath(revision) { unsafe git_revparse_ext(&object, &reference, repository, $0) }
        )
        defer {
            unsafe git_object_free(object)
            unsafe git_reference_free(reference)
        }
        guard let id = unsafe git_object_id(object)?.pointee.objectID else { throw LibraryError(code: -1) }
        return unsafe (id, reference.map { unsafe LibraryRepository.bytes(git_reference_name($0)) } ?? [])
    }

    /// The bytes of an object, read and checked against its id by libgit2.
    func object(_ id: GitObjectID) throws(LibraryError) -> ObjectBuffer {
        var oid = git_oid(id)
        var object: OpaquePointer?
        try LibraryError.check(unsafe git_odb_read(&object, database, &oid))
        defer { unsafe git_odb_object_free(object) }
        let count = unsafe git_odb_object_size(object)
        guard let kind = unsafe GitObjectKind(git_odb_object_type(object)),
            let data = unsafe git_odb_object_data(object),
            let buffer = try? ObjectBuffer(kind, count: count)
        else { throw LibraryError(code: -1) }
        unsafe buffer.room.copyMemory(from: UnsafeRawBufferPointer(start: data, count: count))
        return buffer
    }

    private func addBackends() throws(LibraryError) {
        unsafe try LooseBackend.add(loose, to: database)
        for directory in objectDirectories {
            var packs: UnsafeMutablePointer<git_odb_backend>?
            try LibraryError.check(
                unsafe FileSystem.withPath(directory) { unsafe git_odb_backend_pack(&packs, $0) }
            )
            try LibraryError.check(unsafe git_odb_add_backend(database, packs, 1))
        }
        try LibraryError.check(unsafe git_repository_set_odb(repository, database))
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text = unsafe text else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) })
    }
}
