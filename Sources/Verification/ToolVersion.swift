/// The version of Vitrine, as its executables print it.
package enum ToolVersion {
    /// The version.
    package static let current = "0.1.0"
}
