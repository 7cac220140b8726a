/// Checks that bytes are an update of version 1, without making anything of it.
///
/// - Throws: ``YjsError`` where they are none.
public func validateUpdate(_ update: [UInt8]) throws(YjsError) {
  _ = try reading(update) { (bytes) throws(YjsError) in try UpdateScan(bytes) }
}
