import Digests
import GitWorker
import Encodings
import Verification

/// The findings about single objects.
enum ObjectFindings {
    /// What is wrong with an object that is not what was expected at `path`.
    static func finding(
        _ received: ReceivedObject,
        _ id: GitObjectID,
        expected: GitObjectKind,
        path: [UInt8]
    ) -> Finding {
        let recorded = "\(expected.rawValue) \(id.hex)"
        switch received {
        case .object(let object):
            let found =
                object.kind == expected ? "a \(expected.rawValue) too large to be read" : "a \(object.kind.rawValue)"
            return Finding(.objectMismatch, path: path, recorded: recorded, found: found)
        case .mismatch(let other):
            return Finding(.objectMismatch, path: path, recorded: recorded, found: "bytes with the id \(other.hex)")
        case .fault(.missing, _):
            return Finding(.missingObject, path: path, recorded: recorded, found: ObjectFault.missing.explanation)
        case .fault(let fault, let text):
            let detail = text.isEmpty ? "" : " (\(ASCII.escape(text)))"
            return Finding(.objectMismatch, path: path, recorded: recorded, found: fault.explanation + detail)
        }
    }
}

extension SourceNotReadable {
    /// One finding about the source as a whole.
    init(_ rule: Finding.Rule, path: [UInt8]? = nil, _ found: String) {
        self.init(findings: [Finding(rule, path: path, found: found)])
    }
}
