import Verification

/// No sandbox could be made: what happened, what the programs said, and which setting of the system forbids it.
package struct SandboxRefused: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened.
    package let reason: String
    /// What the programs that make the sandbox said; untrusted bytes.
    package let words: [UInt8]
    /// The setting that forbids user namespaces, as `kernel.unprivileged_userns_clone is 0`; nil where none does.
    package let setting: String?

    /// Reports a refusal, and looks for the setting.
    init(_ reason: String, words: [UInt8] = [], settings: UserNamespaceSettings = .init()) {
        self.reason = reason
        self.words = words
        setting = settings.forbidding
    }

    /// One line, safe on a terminal.
    package var description: String {
        let lines = words.split(separator: UInt8(ascii: "\n")).prefix(3).map { ASCII.escape($0) }
        let said = lines.isEmpty ? "" : ": " + lines.joined(separator: "; ")
        let forbidden = setting.map { "; user namespaces are forbidden: \($0)" } ?? ""
        return "no sandbox: \(reason)\(said)\(forbidden)"
    }
}

/// The settings of the system that can forbid user namespaces, which every sandbox needs.
struct UserNamespaceSettings {
    /// The directory that holds the settings.
    var folder = "/proc/sys"

    /// The first setting that forbids them, with its value; nil where none does.
    var forbidding: String? {
        let settings: [(path: String, name: String, forbids: (Int) -> Bool)] = [
            ("kernel/unprivileged_userns_clone", "kernel.unprivileged_userns_clone", { $0 == 0 }),
            ("user/max_user_namespaces", "user.max_user_namespaces", { $0 < 2 }),
            (
                "kernel/apparmor_restrict_unprivileged_userns", "kernel.apparmor_restrict_unprivileged_userns",
                { $0 != 0 }
            ),
        ]
        for setting in settings {
            guard let content = SystemFile.read("\(folder)/\(setting.path)") else { continue }
            let digits = content.prefix { (0x30...0x39).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)), setting.forbids(value) else { continue }
            return "\(setting.name) is \(value)"
        }
        return nil
    }
}
