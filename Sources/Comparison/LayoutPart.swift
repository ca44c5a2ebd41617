/// What of a member a region holds; its spelling stands before the member's name.
///
/// Kept beside the name, not in it, so that the regions of one member share one text.
package enum LayoutPart: String, Hashable, Sendable, CaseIterable {
    /// The name says it all.
    case whole = ""
    case header = "header of "
    case name = "name of "
    case mode = "mode of "
    case owner = "owner of "
    case size = "size of "
    case time = "time of "
    case checksum = "checksum of "
    case padding = "padding behind "
    case namePadding = "padding behind the name of "
    case comment = "comment of "
    case linkTarget = "link target of "
    case extendedHeader = "extended header of "
    case extendedRecord = "extended record of "
    case localHeader = "local header of "
    case centralHeader = "central directory entry of "
    case centralName = "place and name in the central directory entry of "
    case extraField = "extra field of "
    case extraPadding = "padding in the extra field of "
    case dataDescriptor = "data descriptor of "
    case gap = "gap before "
    case check = "check of "
    case index = "index of "
    case footer = "footer of "
}
