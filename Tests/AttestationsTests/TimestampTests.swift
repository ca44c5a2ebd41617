import Attestations
import Encodings
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59Z", 951_868_799), ("2026-11-23T22:00:00Z", 1_795_471_200),
            ("2100-03-01T00:00:00Z", 4_107_542_400), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(Text, Int64)]
    )
    func reads(_ text: Text, _ seconds: Int64) {
        #expect(Timestamp(text)?.seconds == seconds)
        #expect(Timestamp(seconds: seconds)?.text == text)
    }

    @Test(
        arguments: [
            "", "2026-11-23", "2026-11-23T22:00:00", "2026-11-23t22:00:00Z", "2026-11-23T22:00:00z",
            "2026-11-23T22:00:00.0Z", "2026-11-23T22:00:00+00:00", "2026-11-23 22:00:00Z", "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
            "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2016-12-31T23:59:60Z",
            "1969-12-31T23:59:59Z", "2026-11-23T22:00:00Z ", "2026-11-23T22:00:+0Z", "２026-11-23T22:00:00Z",
        ] as [Text]
    )
    func refuses(_ text: Text) {
        #expect(Timestamp(text) == nil)
    }

    @Test func refusesSecondsOutOfRange() {
        #expect(Timestamp(seconds: -1) == nil)
        #expect(Timestamp(seconds: 253_402_300_800) == nil)
        #expect(Timestamp(seconds: .max) == nil)
    }

    @Test func daysOfFourCenturiesComeBack() throws {
        for day in stride(from: Int64(0), to: 146_097 + 1, by: 13) {
            let timestamp = try #require(Timestamp(seconds: day * 86_400 + day % 86_400))
            #expect(Timestamp(timestamp.text) == timestamp)
        }
    }
}

@Suite struct ReleaseNameTests {
    @Test(arguments: ["a", "Z9", "1.2.3-rc1+build~4_x", String(repeating: "x", count: 128)])
    func accepts(_ part: String) {
        #expect(ReleaseName(product: Text(part), version: "1")?.subject == Text("\(part)@1"))
        #expect(ReleaseName(product: "p", version: Text(part)) != nil)
    }

    @Test(arguments: [
        "", ".", "..", "-x", "a/b", "a b", "a@b", "a\0", "é", "a\n", "%41", String(repeating: "x", count: 129),
    ])
    func refuses(_ part: String) {
        #expect(ReleaseName(product: Text(part), version: "1") == nil)
        #expect(ReleaseName(product: "p", version: Text(part)) == nil)
    }
}
