import BuildStatements
import Verification

extension ShippedFile {
    /// What its mode lets it do, for people: no record says anything of modes.
    var modeFindings: [Finding] {
        let digits = String(permissions, radix: 8)
        let mode = "mode \(String(repeating: "0", count: max(0, 4 - digits.utf8.count)))\(digits)"
        if permissions & 0o6000 != 0 {
            return [Finding(.setIDBit, path: name, recorded: "no record tells modes", found: mode, effect: .notice)]
        }
        guard permissions & 0o111 != 0 else { return [] }
        return [Finding(.shippedExecutable, path: name, recorded: "no record tells modes", found: mode)]
    }
}
