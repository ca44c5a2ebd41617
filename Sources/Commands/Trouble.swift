import GitSource
import GitWorker
import Rebuild
import Verification

/// Why a command stops before its end: one message, hints on lines of their own, and the exit status.
struct Trouble: Error {
    let message: String
    let hints: [String]
    let status: ExitStatus

    /// We could not look, or the command makes no sense.
    init(_ message: String, hints: [String] = []) {
        self.message = message
        self.hints = hints
        status = .couldNotLook
    }

    /// We looked, and what was asked for is not to be done.
    static func refusal(_ message: String, hints: [String] = []) -> Trouble {
        Trouble(message: message, hints: hints, status: .failed)
    }

    /// We looked, and something could not be judged.
    static func inconclusive(_ message: String, hints: [String] = []) -> Trouble {
        Trouble(message: message, hints: hints, status: .inconclusive)
    }

    private init(message: String, hints: [String], status: ExitStatus) {
        self.message = message
        self.hints = hints
        self.status = status
    }
}

/// What stands between a command and its work: findings that fail, and what is refused because of them.
struct RefusedByFindings: Error {
    let message: String
    let findings: [Finding]
}

/// The escaped spelling of any bytes, safe on a terminal.
func escaped(_ bytes: some Collection<UInt8>) -> String {
    ASCII.escape(bytes, limit: 8192)
}

extension Trouble {
    /// What any error of the modules below means for a command.
    init(describing error: any Error) {
        switch error {
        case let trouble as Trouble: self = trouble
        case let error as RepositoryRefused where error.refusal == .noRepository:
            self.init(
                "not a git repository: \(escaped(error.text))",
                hints: ["to read plain files, use --directory"]
            )
        case is ReadingCancelled: self.init("interrupted")
        case let error as SourceNotWritten:
            switch error {
            case .gap: self = .inconclusive("cannot build: \(error)")
            case .file: self.init("\(error)")
            default: self = .refusal("cannot build, the source is not what was sealed: \(error)")
            }
        default:
            // Every error of ours describes itself in one line and escapes what it quotes.
            self.init("\(error)")
        }
    }
}
