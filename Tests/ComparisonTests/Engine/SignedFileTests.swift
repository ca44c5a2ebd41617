import Attestations
import BuildStatements
import TestSupport
import Testing

@testable import Comparison

/// Files that a vendor signed, compared with what a rebuilder has, who has no key.
@Suite struct SignedFileTests {
    /// A kernel module, and the same with a signature of `size` bytes behind it.
    private static func module(_ size: Int? = nil, before: [UInt8] = [], within: [UInt8] = []) -> [UInt8] {
        var elf = ELFBytes.usual()
        elf.type = 1
        elf.sections.append(.init(name: ".gnu.linkonce.this_module", type: 1, content: [1, 2, 3, 4]))
        guard let size else { return elf.file() }
        let message = signedMessage(size) + within
        var length = ByteWriter(isBigEndian: true)
        length.u32(0x0000_0200, 0, UInt64(message.count))
        return elf.file() + before + message + length.bytes + Array("~Module signature appended~\n".utf8)
    }

    @Test func aSignatureBehindAModuleIsAllThatMayDiffer() throws {
        let (signed, unsigned) = (Self.module(300), Self.module())
        for (one, other) in [(signed, unsigned), (unsigned, signed), (signed, Self.module(450))] {
            let item = try Builds.compare(one, other)
            #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
        }
        let hidden = [
            Self.module(300, before: [1]), Self.module(300, before: [0]), Self.module(300, within: [0]),
            Self.module(300, within: [1]), signed + [0], unsigned + signed.dropFirst(unsigned.count + 1),
            Self.module(300) + Self.module(300).dropFirst(unsigned.count),
        ]
        for (index, file) in hidden.enumerated() {
            #expect(try Builds.compare(file, unsigned).grade == .different, "\(index)")
            #expect(try Builds.compare(unsigned, file).grade == .different, "\(index)")
        }
        var random = SeededGenerator(seed: 21)
        for _ in 0..<60 {
            let place = Int.random(in: 0..<unsigned.count, using: &random)
            let changed = signed.with([signed[place] ^ UInt8.random(in: 1...255, using: &random)], at: place)
            #expect(try Builds.compare(changed, unsigned).grade == .different, "byte \(place)")
        }
    }

    private static let key =
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=x 2>&1 && "

    @Test(
        .enabled(
            if: ["osslsigncode", "openssl"].allSatisfy { Command.find($0) != nil },
            "needs osslsigncode and openssl"
        )
    )
    func anImageAsItIsSigned() throws {
        for isPlus in [true, false] {
            try TemporaryDirectory.with { folder in
                // With symbols the image does not end at a multiple of eight.
                try TestFile.write(PEBytes.usual(isPlus: isPlus).file(), to: folder + "/a.exe")
                let signing = "osslsigncode sign -certs c.pem -key k.pem"
                let script =
                    "\(signing) -in a.exe -out b.exe && \(signing) -nest -in b.exe -out c.exe && chmod 644 *.exe"
                let made = try Command.run("sh", ["-c", Self.key + script], in: folder)
                try #require(made.status == 0, "\(made.errors)")
                for (one, other) in [("b", "a"), ("c", "a"), ("c", "b"), ("a", "c")] {
                    let item = try Builds.compare("\(folder)/\(one).exe", "\(folder)/\(other).exe")
                    #expect(item.grade == .identicalOutsideSignature, "\(one) \(other): \(item.places)")
                }
                let plain = try TestFile.read(folder + "/a.exe")
                let signed = try TestFile.read(folder + "/c.exe")
                for place in [PEBytes.checksum, 70, 520, plain.count - 1] {
                    let changed = signed.with([signed[place] ^ 1], at: place)
                    #expect(try Builds.compare(changed, plain).grade == .different, "byte \(place)")
                }
            }
        }
    }

    @Test(
        .enabled(
            if: ["rpmbuild", "rpmsign", "gpg", "gpgconf"].allSatisfy { Command.find($0) != nil },
            "needs rpmbuild, rpmsign and gpg"
        )
    )
    func aPackageAsItIsSigned() throws {
        let script = """
            set -e
            printf 'Name: p\\nVersion: 1\\nRelease: 1\\nSummary: s\\nLicense: l\\nBuildArch: noarch\\n%%description\\nd\\n\
            %%files\\n/a.txt\\n' > p.spec
            mkdir root && echo text > root/a.txt && mkdir -m 700 keys
            rpmbuild -bb --buildroot "$PWD/root" --define "_topdir $PWD/top" --define '__spec_install_pre true' \
            --define '_build_id_links none' p.spec
            mv top/RPMS/noarch/*.rpm a.rpm && cp a.rpm b.rpm && cp a.rpm c.rpm
            export GNUPGHOME="$PWD/keys"
            trap 'gpgconf --kill gpg-agent' EXIT
            gpg --batch --passphrase '' --quick-gen-key a@b.invalid rsa2048 sign never
            sign() { rpmsign --define "__gpg $(command -v gpg)" --define '_gpg_name a@b.invalid' --addsign "$@"; }
            sign b.rpm && sign --rpmv3 c.rpm
            """
        try TemporaryDirectory.with { folder in
            let made = try Command.run("sh", ["-c", script], in: folder)
            try #require(made.status == 0, "\(made.errors)")
            for (one, other) in [("b", "a"), ("c", "a"), ("c", "b"), ("a", "b")] {
                let item = try Builds.compare("\(folder)/\(one).rpm", "\(folder)/\(other).rpm")
                #expect(item.grade == .identicalOutsideSignature && item.causes == [.signature], "\(item.places)")
            }
            let (plain, signed) = (try TestFile.read(folder + "/a.rpm"), try TestFile.read(folder + "/b.rpm"))
            let layout = try ContainerReader.rpm.layout(signed).layout
            for region in layout.regions where region.kind != .signature {
                let place = Int(region.range.upperBound) - 1
                let changed = signed.with([signed[place] ^ 1], at: place)
                // A time leaves the rest of a package the same.
                let grade = try Builds.compare(changed, plain).grade
                #expect(grade < .identicalOutsideSignature, "\(region.place)")
            }
        }
    }
}
