extension Finding {
    /// The closed list of rules; the raw value is the rule's id in a verdict.
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        // Differences between the manifest and a source.
        case contentDiffers = "content-differs"
        case missing
        case extra
        case modeDiffers = "mode-differs"
        case typeDiffers = "type-differs"
        case lfsContent = "lfs-content"

        // A directory.
        case specialFile = "special-file"
        case setIDBit = "set-id-bit"
        case setIDDirectory = "set-id-directory"
        case unreadable
        case changedWhileReading = "changed-while-reading"
        case pathNotRepresentable = "path-not-representable"
        case nestedGitDirectory = "nested-git-directory"
        case extraPermissionBits = "extra-permission-bits"
        case hardLinkOutside = "hard-link-outside"
        case emptyDirectory = "empty-directory"

        // A git repository.
        case replaceRef = "replace-ref"
        case objectMismatch = "object-mismatch"
        case referenceMismatch = "reference-mismatch"
        case otherWorkTree = "other-work-tree"
        case fileBesideRepository = "file-beside-repository"
        case malformedTree = "malformed-tree"
        case foreignOwner = "foreign-owner"
        case graft
        case shallow
        case alternates
        case infoAttributes = "info-attributes"
        case infoExclude = "info-exclude"
        case skipWorktree = "skip-worktree"
        case assumeUnchanged = "assume-unchanged"
        case byteChangingAttribute = "byte-changing-attribute"
        case missingObject = "missing-object"

        // Either.
        case caseCollision = "case-collision"
        case normalizationCollision = "normalization-collision"
        case controlCharacterInName = "control-character-in-name"
        case bidiCharacterInName = "bidi-character-in-name"
        case unresolvedSubmodule = "unresolved-submodule"
        case lfsPointer = "lfs-pointer"

        // Evidence.
        case malformedEnvelope = "malformed-envelope"
        case malformedStatement = "malformed-statement"
        case malformedManifest = "malformed-manifest"
        case malformedSecret = "malformed-secret"
        case otherPayloadType = "other-payload-type"
        case tooFewSignatures = "too-few-signatures"
        case signatureStripped = "signature-stripped"
        case signerNotTrusted = "signer-not-trusted"
        case manifestDiffers = "manifest-differs"
        case statementsConflict = "statements-conflict"
        case otherProduct = "other-product"
        case otherVersion = "other-version"
        case formNotAllowed = "form-not-allowed"
        case viewNotAllowed = "view-not-allowed"
        case tooOld = "too-old"
        case sealedInFuture = "sealed-in-future"
        case otherCommit = "other-commit"
        case secretDiffers = "secret-differs"
        case secretMissing = "secret-missing"

        // A disclosure.
        case malformedDisclosure = "malformed-disclosure"
        case proofFails = "proof-fails"
        case disclosedContentDiffers = "disclosed-content-differs"
        case contentNotDisclosed = "content-not-disclosed"

        // A shipped build.
        case notRebuilt = "not-rebuilt"
        case rebuildDiffers = "rebuild-differs"
        case rebuildInconclusive = "rebuild-inconclusive"
        case tooFewRebuilders = "too-few-rebuilders"
        case rebuildersDisagree = "rebuilders-disagree"
        case unexplainedBytes = "unexplained-bytes"
        case definitionNotSealed = "definition-not-sealed"
        case declaredThirdParty = "declared-third-party"
        case malformedRecord = "malformed-record"
        case rebuilderNotTrusted = "rebuilder-not-trusted"
        case rebuildOfOtherSource = "rebuild-of-other-source"
        case differenceWaived = "difference-waived"
        case waiverNotCounted = "waiver-not-counted"
        case definitionOutsideSource = "definition-outside-source"
        case inputsNotTraced = "inputs-not-traced"
        case buildVaries = "build-varies"
        case toolchainsDisagree = "toolchains-disagree"
        case shippedExecutable = "shipped-executable"
    }
}

extension Finding.Rule {
    /// What a finding of this rule does to the verdict unless its maker knows better.
    package var effect: Finding.Effect {
        switch self {
        case .lfsContent, .setIDDirectory, .extraPermissionBits, .hardLinkOutside, .emptyDirectory, .foreignOwner,
            .graft, .shallow,
            .alternates, .infoAttributes, .infoExclude, .skipWorktree, .assumeUnchanged, .byteChangingAttribute,
            .caseCollision, .normalizationCollision, .controlCharacterInName, .bidiCharacterInName, .lfsPointer,
            .otherPayloadType, .signerNotTrusted, .otherCommit, .declaredThirdParty, .rebuilderNotTrusted,
            .rebuildOfOtherSource, .differenceWaived, .waiverNotCounted, .definitionOutsideSource, .inputsNotTraced,
            .shippedExecutable:
            .notice
        case .unresolvedSubmodule, .missingObject, .secretMissing, .contentNotDisclosed, .rebuildInconclusive,
            .tooFewRebuilders, .rebuildersDisagree, .definitionNotSealed, .malformedRecord, .buildVaries:
            .inconclusive
        default: .fails
        }
    }
}
