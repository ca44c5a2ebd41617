import GitWorker

/// Places as a linked work tree has them.
enum RepositoryPlacesSample {
    static let places: RepositoryPlaces = {
        // The worker's own frames are the one way to make places outside it.
        var frame: [UInt8] = [1]
        for path in ["/w/.git/worktrees/a/", "/w/.git/", "/w/"] {
            frame += [UInt8(path.utf8.count), 0, 0, 0] + Array(path.utf8)
        }
        guard case .opened(let places) = WorkerResponse(frame: frame) else {
            preconditionFailure("the frame of places is not read")
        }
        return places
    }()
}
