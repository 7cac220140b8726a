import JSONText

extension JSONWriter {
  /// Writes the members of an object as they came.
  ///
  /// - Parameters:
  ///   - object: valid JSON text that a peer has sent.
  ///   - names: what is left out.
  mutating func members(of object: UnsafeRawBufferPointer, but names: [String]) {
    var cursor = JSONCursor(object)
    do throws(JSONError) {
      try cursor.beginObject()
      while let name = try cursor.nextKey() {
        let value = try cursor.skipValue().bytes(in: object)
        let text = name.decoded(in: object)
        guard !names.contains(text) else { continue }
        key(string: text)
        passThrough(value)
      }
    } catch {
      // It has been scanned once; what cannot be read cannot have come this far.
    }
  }
}
