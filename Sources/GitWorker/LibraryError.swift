import CGit2
import Digests
import Glibc

/// A call of libgit2 that failed: its code and the text libgit2 left.
struct LibraryError: Error {
    let code: Int32
    let text: [UInt8]

    /// Copies libgit2's text, which belongs to the thread and to the last failed call.
    init(code: Int32) {
        self.code = code
        guard let last = unsafe git_error_last(), let message = unsafe last.pointee.message else {
            text = Array("no reason given".utf8)
            return
        }
        text = unsafe Array(UnsafeBufferPointer(start: message, count: strlen(message)).map { UInt8(bitPattern: $0) })
    }

    /// Whether what was looked for is not there.
    var isNotFound: Bool { code == GIT_ENOTFOUND.rawValue }

    /// Throws unless `code` says success.
    static func check(_ code: Int32) throws(LibraryError) {
        if code < 0 { throw LibraryError(code: code) }
    }
}

extension git_oid {
    /// libgit2's form of an object id.
    init(_ id: GitObjectID) {
        self.init()
        unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.copyBytes(from: id.bytes) }
    }

    /// Ours.
    var objectID: GitObjectID? {
        unsafe withUnsafeBytes(of: self) { unsafe GitObjectID(Array($0)) }
    }
}
