package import Verification

extension Finding {
    /// The likely cause: what its maker says, or else what the rule says.
    package var cause: String { advice.cause ?? rule.cause }

    /// What to do next: what its maker says, or else what the rule says.
    package var next: String { advice.next ?? rule.next }
}

// What a person is told beside a finding when its maker has nothing better to say.

extension Finding.Rule {
    /// The likely cause.
    package var cause: String { advice.cause }

    /// What to do next.
    package var next: String { advice.next }

    private typealias Advice = (cause: String, next: String)

    private var advice: Advice {
        switch self {
        case .contentDiffers, .missing, .extra, .modeDiffers, .typeDiffers, .lfsContent: differenceAdvice
        case .specialFile, .setIDBit, .setIDDirectory, .unreadable, .changedWhileReading, .pathNotRepresentable,
            .nestedGitDirectory, .extraPermissionBits, .hardLinkOutside, .emptyDirectory:
            directoryAdvice
        case .replaceRef, .objectMismatch, .referenceMismatch, .otherWorkTree,
            .fileBesideRepository, .foreignOwner, .malformedTree, .graft, .shallow, .alternates,
            .infoAttributes,
            .infoExclude, .skipWorktree, .assumeUnchanged, .byteChangingAttribute, .missingObject:
            repositoryAdvice
        case .caseCollision, .normalizationCollision, .controlCharacterInName, .bidiCharacterInName,
            .unresolvedSubmodule, .lfsPointer:
            nameAdvice
        case .notRebuilt, .rebuildDiffers, .rebuildInconclusive, .tooFewRebuilders, .rebuildersDisagree,
            .unexplainedBytes, .definitionNotSealed, .declaredThirdParty, .malformedRecord, .rebuilderNotTrusted,
            .rebuildOfOtherSource, .differenceWaived, .waiverNotCounted, .definitionOutsideSource, .inputsNotTraced,
            .buildVaries, .toolchainsDisagree, .shippedExecutable:
            buildAdvice
        default: evidenceAdvice
        }
    }

    private var differenceAdvice: Advice {
        switch self {
        case .contentDiffers:
            ("the file was changed after the release was sealed", "get the file from the vendor again and compare")
        case .missing: ("the file was removed or never delivered", "ask the vendor for the file")
        case .extra: ("a file that is not part of the release was added", "remove it, or read a fresh copy")
        case .modeDiffers:
            ("the executable bit was lost or set on the way", "set the mode as recorded, or unpack with modes kept")
        case .typeDiffers:
            ("a link was replaced by a file or a file by a link", "read a copy made by a tool that keeps links")
        default: ("git lfs put the content in the place of its pointer", "nothing: the content is the recorded one")
        }
    }

    private var directoryAdvice: Advice {
        switch self {
        case .specialFile: ("a device, pipe or socket stands in the tree", "remove it: a source tree has none")
        case .setIDBit: ("the file would run with another identity", "clear the bit, or ask why it is there")
        case .setIDDirectory: ("new files would inherit the directory's group", "none needed to judge the source")
        case .unreadable: ("the permissions or the medium do not let us read it", "make it readable and try again")
        case .changedWhileReading: ("somebody writes to the tree", "stop the writer, or read a copy, and try again")
        case .pathNotRepresentable: ("the name breaks the rules of a tree path", "rename it before the seal")
        case .nestedGitDirectory: ("a repository stands inside the tree", "remove it, or make it a submodule")
        case .extraPermissionBits: ("the umask or an archive set other permissions", "none needed to judge the source")
        case .hardLinkOutside: ("the file has a second name outside the tree", "read a copy: it can change unseen")
        default: ("git keeps no empty directories", "remove it, or record it by sealing the directory")
        }
    }

    private var repositoryAdvice: Advice {
        switch self {
        case .replaceRef: ("git shows another object than the one that is named", "delete refs/replace and look again")
        case .objectMismatch: ("the object was altered or the medium is bad", "fetch the repository afresh")
        case .referenceMismatch:
            ("the object reader was taken over, or the reference changed meanwhile", "verify again from a fresh copy")
        case .otherWorkTree:
            ("core.worktree or core.bare in the repository's configuration", "git shows other files than the ones here")
        case .fileBesideRepository:
            (
                "a directory of files made to look like a bare repository",
                "use --directory, or --rev to judge the commit alone"
            )
        case .foreignOwner: ("somebody else made the repository", "know that git itself may refuse to open it for you")
        case .malformedTree: ("the tree was not made by git", "ask the vendor how it was made; do not check it out")
        case .graft: ("git shows another history than the one recorded", "remove info/grafts to see the history")
        case .shallow: ("the history was cut off by a shallow clone", "fetch the full history if you need it")
        case .alternates: ("objects are borrowed from another repository", "clone without sharing objects")
        case .infoAttributes: ("the repository's own attributes are not in the commit", "look at info/attributes")
        case .infoExclude: ("files can be hidden from git status", "do not rely on git status")
        case .skipWorktree: ("git does not look at the file in the work tree", "do not rely on git status")
        case .assumeUnchanged: ("git takes the file for unchanged without looking", "do not rely on git status")
        case .missingObject: ("a partial or broken clone", "fetch the missing objects and try again")
        default: ("git writes other bytes to disk than it stores, or leaves files out", "compare with the commit")
        }
    }

    private var nameAdvice: Advice {
        switch self {
        case .caseCollision: ("two names differ in case only", "do not unpack where case does not count")
        case .normalizationCollision: ("two names look the same and are not", "compare the escaped names")
        case .controlCharacterInName: ("the name holds a control character", "read the escaped name")
        case .bidiCharacterInName: ("the name holds a character that turns text around", "read the escaped name")
        case .unresolvedSubmodule:
            ("the submodule's files were not at hand when the release was sealed", "judge the submodule by itself")
        default: ("the content lies in Git LFS", "compare the content with the recorded SHA-256")
        }
    }

    private var evidenceAdvice: Advice {
        switch self {
        case .malformedEnvelope, .malformedStatement, .malformedManifest, .malformedSecret, .malformedDisclosure:
            ("the file was damaged or altered", "get the evidence from the vendor again")
        case .otherPayloadType: ("the line is about something else", "none: the line was not used")
        case .tooFewSignatures:
            ("the evidence was signed with other keys, or was altered", "compare the key ids with the vendor's")
        case .signatureStripped: ("a signature was removed from the evidence", "get the evidence from the vendor again")
        case .signerNotTrusted: ("its key was not given to this command", "add the key if you trust it")
        case .manifestDiffers:
            ("the manifest was altered, or belongs to another statement", "get the evidence from the vendor again")
        case .statementsConflict:
            ("one version was sealed twice with different content", "ask the vendor which bytes were released")
        case .otherProduct, .otherVersion: ("this is the evidence of another release", "get the evidence you want")
        case .formNotAllowed, .viewNotAllowed: ("the policy does not take such evidence", "ask for the form it takes")
        case .tooOld: ("the seal is older than the policy allows", "ask for a current release")
        case .sealedInFuture: ("a clock was wrong when sealing or here", "check the clock")
        case .otherCommit: ("the same content was committed again", "none: the content is what counts")
        case .secretDiffers: ("the secret belongs to another manifest", "use the secret written with this evidence")
        case .secretMissing: ("the evidence is confidential", "give the secret, or verify a disclosure")
        case .disclosedContentDiffers:
            ("the file given is not the file that was sealed", "get the file from the vendor again")
        case .contentNotDisclosed: ("the disclosure has no entry for the file", "ask for a disclosure of the file")
        default: ("the disclosure was altered, or belongs to other evidence", "ask the vendor for a new one")
        }
    }

    private var buildAdvice: Advice {
        switch self {
        case .notRebuilt:
            (
                "the file is not what this release's source builds, or nobody rebuilt it",
                "ask the vendor where it is from"
            )
        case .rebuildDiffers:
            (
                "it was built from other source, with other tools, or the build is not repeatable",
                "compare the two files"
            )
        case .rebuildInconclusive:
            ("the rebuild did not end, or used something that is not explained", "read the reason and rebuild again")
        case .tooFewRebuilders: ("not enough rebuilders were asked", "ask another trusted rebuilder, or rebuild here")
        case .rebuildersDisagree:
            ("the build depends on more than its source, or somebody is wrong", "compare what they got; rebuild here")
        case .unexplainedBytes: ("part of the file does not come from the source", "compare the two files")
        case .definitionNotSealed:
            ("files of others are declared by a definition that is not in the sealed source", "ask for a sealed one")
        case .declaredThirdParty: ("the build definition names the file by its SHA-256", "judge the file by itself")
        case .malformedRecord: ("it was altered, or its signer used a faulty program", "ask its signer for a new one")
        case .rebuilderNotTrusted:
            ("its key is not trusted as a rebuilder, or sealed the source", "add the key if it is an independent one")
        case .rebuildOfOtherSource: ("the record belongs to another release", "none: the record was not used")
        case .definitionOutsideSource, .inputsNotTraced, .buildVaries, .toolchainsDisagree, .shippedExecutable:
            buildingAdvice
        case .differenceWaived: ("somebody you trust with it accepted the difference", "read the reason and the owner")
        default: ("it expired, is of no use here, or its key is not trusted", "ask its owner for a new one if needed")
        }
    }

    private var buildingAdvice: Advice {
        switch self {
        case .definitionOutsideSource:
            (
                "the build definition was given beside the source: it can carry what it builds",
                "read the definition, or ask for a sealed one"
            )
        case .inputsNotTraced:
            ("nobody listed what the build read beside the sealed source", "rebuild with --trace where that matters")
        case .buildVaries:
            ("the build takes something from its surroundings", "ask the vendor to make the build independent of it")
        case .toolchainsDisagree:
            ("one of the two toolchains changes what it builds, or is not complete", "compare the two outputs")
        default: ("the file can be run by whoever gets it", "none needed to judge the bytes")
        }
    }
}
