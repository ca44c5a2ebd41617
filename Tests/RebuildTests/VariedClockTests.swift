import Encodings
import Foundation
import TestSupport
import Testing

@testable import Rebuild

/// `rebuild --vary` and the date: how far it is shifted, and where it is not, that nobody is accused and it is told.
@Suite(.enabled(if: BuildSample.hasShiftedClock, "needs a sandbox and libfaketime"))
struct VariedClockTests {
    /// Whenever a build begins, every part of the date is another one.
    @Test func everyPartOfTheDateIsShifted() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        let parts: [Calendar.Component] = [.year, .month, .day, .weekday, .hour, .minute]
        // Five years of days, a leap day and its absence among them, at a time that moves through the day.
        for count in 0..<5 * 366 {
            let date = Date(timeIntervalSince1970: 1_767_225_600 + Double(count) * (86_400 + 2_711))
            let shifted = date.addingTimeInterval(Double(ShiftedClock.seconds))
            for part in parts {
                #expect(calendar.component(part, from: date) != calendar.component(part, from: shifted), "\(date)")
            }
        }
    }

    @Test func aDateOfDaysBeforeIsFound() throws {
        try Release.with(#"date -u -d "10 days ago" +%m > out"#) { release in
            #expect(try release.build().status == 0)
            let rebuilt = try release.rebuild("built/outputs/out", ["--vary"])
            #expect(rebuilt.status == 3)
            #expect(rebuilt.errors.contains("varied: clock alone: out differs"), "\(rebuilt.errors)")
        }
    }

    /// The build would still pass if the date were shifted: that it was not is what must be told.
    @Test(arguments: [
        "FAKETIME_ONLY_CMDS", "FAKETIME_SKIP_CMDS", "FAKETIME_START_AFTER_SECONDS", "FAKETIME", "NO_FAKE_STAT",
        "DONT_FAKE_MONOTONIC", "FAKE_STAT",
    ])
    func theBuildDecidesOnTheDateItself(_ name: String) throws {
        let environment = #"{"PATH":"/usr/bin:/bin","\#(name)":"none"}"#
        try Self.expectUntried(because: "the build definition sets \(name),", environment: environment)
    }

    @Test func theBuildPinsTheDateItself() throws {
        let environment = """
            {"PATH":"/usr/bin:/bin","LD_PRELOAD":"\(ShiftedClock.library)","FAKETIME":"2020-01-01 00:00:00"}
            """
        let toolchain = try BuildSample.packages(and: ["libfaketime"])
        try Release.with("date +%F > out", toolchain: toolchain, environment: environment) { release in
            try release.write("2020-01-01\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--vary"])
            #expect(rebuilt.status == 0, "\(rebuilt.errors)\(rebuilt.text)")
            #expect(rebuilt.errors.contains("not varied: clock: the build definition sets "))
        }
    }

    @Test func variablesOfTheLibraryAreKnown() throws {
        func own(_ variables: [(String, String)]) -> String? {
            ClockChoice.ownVariable(variables.map { .init(name: Text($0), value: Text($1)) })?.name.string
        }
        #expect(own([("PATH", "/usr/bin"), ("FAKETIME_X", "")]) == "FAKETIME_X")
        #expect(own([("LD_PRELOAD", "/x/libother.so:/usr/lib/faketime/libfaketimeMT.so.1")]) == "LD_PRELOAD")
        #expect(own([("LD_PRELOAD", "/usr/lib/libother.so"), ("MY_FAKETIME", "1"), ("CC", "faketime gcc")]) == nil)
        // What a toolchain sets stands in the place of what the definition sets.
        let text = String(
            decoding: try BuildSample.definition("true", environment: #"{"LD_PRELOAD":"faketime"}"#),
            as: UTF8.self
        )
        let definition = try BuildDefinition(parsing: Array(text.utf8))
        #expect(ClockChoice.ownVariable(definition.variables(with: []))?.name == "LD_PRELOAD")
        let others = [BuildDefinition.Variable(name: "LD_PRELOAD", value: "other")]
        #expect(definition.variables(with: others).map(\.value) == ["other"])
    }

    /// What a toolchain sets counts like what the definition sets.
    @Test func theToolchainDecidesOnTheDate() throws {
        let toolchain =
            String(try BuildSample.packages().dropLast()) + #","environment":{"FAKETIME_SKIP_CMDS":"date"}}"#
        try Self.expectUntried(because: "the build definition sets FAKETIME_SKIP_CMDS,", toolchain: toolchain)
    }

    private static func expectUntried(
        because reason: String,
        toolchain: String? = nil,
        environment: String = #"{"PATH":"/usr/bin:/bin"}"#
    ) throws {
        try Release.with("cat hello.txt > out", toolchain: toolchain, environment: environment) { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--vary", "--html", "page.html"])
            #expect(rebuilt.status == 0, "\(rebuilt.errors)\(rebuilt.text)")
            #expect(rebuilt.errors.contains("not varied: clock: \(reason)"), "\(rebuilt.errors)")
            #expect(rebuilt.errors.contains("no output depends on time, host name"), "\(rebuilt.errors)")
            #expect(rebuilt.text.contains("notice: build-varies"), "\(rebuilt.text)")
            let page = try release.read("page.html")
            #expect(page.contains("? not tried") && page.contains(reason))
        }
    }

    // MARK: Builds that do not end with another date

    private static let limit = #","limits":{"wallSeconds":6}"#
    /// Waits for more than the limit where the date is not one of this year's.
    private static func waiting(where condition: String = "true") -> String {
        let soon = Int(Date().timeIntervalSince1970) + 200 * 86_400
        return "if [ $(date +%s) -gt \(soon) ] && \(condition); then sleep 1000; fi"
    }

    @Test func aBuildThatDoesNotEndWithAnotherDateIsNotAccused() throws {
        try Release.with(Self.waiting() + "; cat hello.txt > out", more: Self.limit) { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--vary", "--html", "page.html"])
            #expect(rebuilt.status == 0, "\(rebuilt.errors)\(rebuilt.text)")
            #expect(rebuilt.errors.contains("not varied: clock: the build does not end with another date"))
            #expect(rebuilt.errors.contains("no output depends on time, host name"), "\(rebuilt.errors)")
            #expect(!rebuilt.errors.contains("not built"))
            #expect(try release.read("page.html").contains("the build does not end with another date"))
        }
    }

    /// What else changes an output is found all the same.
    @Test func whatElseVariesIsStillFound() throws {
        try Release.with(Self.waiting() + "; pwd > out", more: Self.limit) { release in
            try release.write("/build\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--vary"])
            #expect(rebuilt.status == 3)
            let blamed = rebuilt.errors.split(separator: "\n").filter { $0.contains(" alone: ") }
            #expect(blamed == ["vitrine: varied: build path alone: out differs"], "\(rebuilt.errors)")
        }
    }

    /// Everything together ends, and the clock alone does not.
    @Test func theClockAloneIsNotAccusedWhereItDoesNotEnd() throws {
        let script = Self.waiting(where: "[ $PWD = /build ]") + "; pwd > out"
        try Release.with(script, more: Self.limit) { release in
            try release.write("/build\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--vary"])
            #expect(rebuilt.status == 3)
            #expect(rebuilt.errors.contains("not varied: clock: the build does not end with another date"))
            let blamed = rebuilt.errors.split(separator: "\n").filter { $0.contains(" alone: ") }
            #expect(blamed == ["vitrine: varied: build path alone: out differs"], "\(rebuilt.errors)")
        }
    }

    /// A build that does not end for another reason is accused of that, and its date was varied.
    @Test func aBuildThatDoesNotEndForAnotherReasonIsAccused() throws {
        let script = "if [ $PWD != /build ]; then sleep 1000; fi; cat hello.txt > out"
        try Release.with(script, more: Self.limit) { release in
            try release.write("hello\n", to: "out")
            let rebuilt = try release.rebuild("out", ["--vary"])
            #expect(rebuilt.status == 3)
            #expect(!rebuilt.errors.contains("not varied"), "\(rebuilt.errors)")
            #expect(rebuilt.errors.contains("build path alone: not built: the build did not end within 6 seconds"))
        }
    }
}
