/// HTML as it is written: elements close where they opened, and nothing reaches the page unescaped.
///
/// Tags, attribute names and our own words are `StaticString`, which no input can become; everything else is shown by
/// ``show(_:)`` and its kin, which escape.
struct Markup {
    /// An attribute and its value, which is escaped.
    struct Attribute {
        let name: StaticString
        let value: String

        init(_ name: StaticString, _ value: String) {
            self.name = name
            self.value = value
        }

        static func `class`(_ value: StaticString) -> Attribute { Attribute("class", value.description) }
        static func id(_ value: StaticString) -> Attribute { Attribute("id", value.description) }
        static func scope(_ value: StaticString) -> Attribute { Attribute("scope", value.description) }
    }

    /// The bytes so far, UTF-8.
    private(set) var bytes: [UInt8] = []

    /// Writes an element with its content.
    mutating func element(
        _ tag: StaticString,
        _ attributes: [Attribute] = [],
        _ content: (inout Markup) -> Void = { _ in }
    ) {
        open(tag, attributes)
        content(&self)
        bytes.append(contentsOf: "</\(tag)>".utf8)
    }

    /// Writes an element of our own words only.
    mutating func element(_ tag: StaticString, _ attributes: [Attribute] = [], say words: StaticString) {
        element(tag, attributes) { $0.say(words) }
    }

    /// Writes an element that shows one text.
    mutating func element(_ tag: StaticString, _ attributes: [Attribute] = [], show text: String) {
        element(tag, attributes) { $0.show(text) }
    }

    /// Writes an element that HTML leaves without an end tag, as `meta`.
    mutating func void(_ tag: StaticString, _ attributes: [Attribute]) {
        open(tag, attributes)
    }

    /// Writes our own words, which may be more than ASCII.
    mutating func say(_ words: StaticString) {
        for byte in words.description.utf8 { VisibleText.appendEscaped(byte, to: &bytes) }
    }

    /// Writes a text from anywhere: escaped, with everything but printable ASCII spelled out.
    mutating func show(_ text: String) {
        VisibleText.append(text, to: &bytes, marked: true)
    }

    /// Writes a line of a file: escaped, with what would be invisible or would reorder the line spelled out.
    mutating func showLine(_ line: [UInt8], isChanged: Bool) {
        VisibleText.append(line: line, to: &bytes, isChanged: isChanged)
    }

    /// Writes a line feed, so that the page can be read as a text.
    mutating func newLine() {
        bytes.append(0x0A)
    }

    /// Writes what begins every page and cannot be written as an element.
    mutating func documentType() {
        bytes.append(contentsOf: "<!DOCTYPE html>\n".utf8)
    }

    /// Writes the style sheet, whose text HTML does not escape.
    mutating func style(_ sheet: StaticString) {
        bytes.append(contentsOf: "<style>\(sheet)</style>\n".utf8)
    }

    private mutating func open(_ tag: StaticString, _ attributes: [Attribute]) {
        bytes.append(contentsOf: "<\(tag)".utf8)
        for attribute in attributes {
            bytes.append(contentsOf: " \(attribute.name)=\"".utf8)
            VisibleText.append(attribute.value, to: &bytes, marked: false)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
    }
}
