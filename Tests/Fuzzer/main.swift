// libFuzzer's driver over one target: `fuzzer TARGET [libFuzzer option or corpus directory ...]`. Built by `make fuzz`.

import FuzzTargets
import Glibc

typealias TestOneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: TestOneInput
) -> CInt

// The callback is a C function and captures nothing, so the chosen target is a global.
let chosen = FuzzTarget.all.first { $0.name == CommandLine.arguments.dropFirst().first }

/// The symbol libFuzzer's own `main` refers to; that `main` is linked and not run.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    _ = chosen?.body(unsafe Array(UnsafeBufferPointer(start: bytes, count: size)))
    return 0
}

guard chosen != nil else {
    print("usage: fuzzer TARGET [option or corpus ...], where TARGET is one of")
    print(FuzzTarget.all.map(\.name).joined(separator: " "))
    exit(2)
}

// The driver sees the arguments without the target's name.
var arguments = unsafe CommandLine.unsafeArgv
unsafe arguments[1] = arguments[0]
unsafe arguments += 1
var count = CommandLine.argc - 1
exit(unsafe runDriver(&count, &arguments, testOneInput))
