// Writes one page of every kind into a directory: `sample-pages DIRECTORY`.
import Foundation
import ReportPages
import SampleReports

let arguments = CommandLine.arguments
guard arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: sample-pages DIRECTORY\n".utf8))
    exit(2)
}
for sample in SampleReport.allCases {
    let url = URL(fileURLWithPath: arguments[1]).appending(path: "\(sample.rawValue).html")
    try Data(sample.page.bytes).write(to: url)
}
