import Encodings
import Foundation
import TestSupport

/// One file of the Wycheproof signature vectors.
struct Wycheproof: Decodable {
    struct Group: Decodable {
        let publicKeyDer: String?
        let keyDer: String?
        let privateKeyPkcs8: String?
        let sha: String?
        let mgfSha: String?
        let sLen: Int?
        let tests: [Vector]

        /// The DER of the public key.
        var spki: [UInt8]? {
            (publicKeyDer ?? keyDer).flatMap { Hex.decode($0.utf8) }
        }
    }

    struct Vector: Decodable {
        let tcId: Int
        let msg: String
        let sig: String
        let result: String

        var message: [UInt8]? { Hex.decode(msg.utf8) }
        var signature: [UInt8]? { Hex.decode(sig.utf8) }
    }

    let numberOfTests: Int
    let testGroups: [Group]

    static let folder = "wycheproof/testvectors_v1"

    /// Reads the file `name`, without its ending.
    static func read(_ name: String) throws -> Wycheproof {
        let bytes = try Vectors.bytes("\(folder)/\(name)_test.json")
        return try JSONDecoder().decode(Wycheproof.self, from: Data(bytes))
    }
}
