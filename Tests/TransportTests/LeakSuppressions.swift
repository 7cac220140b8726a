/// What the leak checker of AddressSanitizer asks for at the end of the tests: places whose leaks are
/// none of ours. Swift keeps the table of an object's weak references behind a shifted pointer, which
/// the checker does not recognise, and Foundation's `Process` holds on to itself.
@_cdecl("__lsan_default_suppressions")
public func leakSuppressions() -> UnsafePointer<CChar> {
  let text: StaticString = "leak:formWeakReference\nleak:libFoundation.so\nleak:libdispatch.so\n"
  return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
