import Glibc
import JSONText

/// The user's profiles: `profiles/NAME.json` in the folder of the configuration, and `config.json`, which
/// names the one that is in use.
struct ProfileStore: Sendable {
  private let folder: ConfigFolder

  private static let subfolder = "profiles"
  private static let configFile = "config.json"
  private static let lock = "config.lock"
  private static let suffix = ".json"

  init(in folder: ConfigFolder) { self.folder = folder }

  /// The store of the user; nil where there is no home for it.
  static func ofUser() -> ProfileStore? { ConfigFolder.ofUser().map(ProfileStore.init) }

  /// - Throws: a failure where the environment names no place for it.
  static func required() throws(Failure) -> ProfileStore {
    guard let store = ofUser() else {
      throw Failure(
        code: "no_home", layer: .config, message: "there is no place for profiles",
        hint: "set HOME or XDG_CONFIG_HOME", exit: .configuration)
    }
    return store
  }

  /// Where a profile is kept, for people.
  func path(of name: String) -> String { folder.path(of: Self.file(of: name)) }

  private static func file(of name: String) -> String { "\(subfolder)/\(name)\(suffix)" }

  /// Whether a text can be the name of a profile, and so of a file.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix(".") && !text.hasPrefix("-")
      && text.utf8.allSatisfy { byte in
        Character(UnicodeScalar(byte)).isASCIIWord || byte == UInt8(ascii: ".")
          || byte == UInt8(ascii: "-")
      }
  }

  /// - Throws: a usage error for a text that can be no name.
  static func check(_ name: String) throws(Failure) {
    guard isName(name) else {
      throw .usage(
        "'\(name)' can be no profile's name", hint: "letters, digits, '-', '_' and '.', up to 64")
    }
  }

  // MARK: Reading

  /// The names of all profiles, sorted.
  func names() throws(Failure) -> [String] {
    let path = folder.path(of: Self.subfolder)
    guard let listing = opendir(path) else {
      let code = errno
      if code == ENOENT { return [] }
      throw ConfigFolder.unreadable(path, code)
    }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasSuffix(Self.suffix) else { continue }
      let bare = String(name.dropLast(Self.suffix.count))
      if Self.isName(bare) { names.append(bare) }
    }
    return names.sorted()
  }

  /// A profile; nil where there is none of the name.
  func profile(_ name: String) throws(Failure) -> Profile? {
    guard Self.isName(name), let text = try folder.readPrivate(Self.file(of: name)) else {
      return nil
    }
    return try Profile(name: name, parsing: text, path: path(of: name))
  }

  /// The profile of a name.
  ///
  /// - Throws: also where there is none.
  func required(_ name: String) throws(Failure) -> Profile {
    guard let profile = try profile(name) else {
      throw Failure(
        code: "no_such_profile", layer: .config, message: "there is no profile '\(name)'",
        hint: "'instctl profile list' names those there are", exit: .configuration)
    }
    return profile
  }

  /// The name of the profile in use; nil for none.
  func used() throws(Failure) -> String? {
    guard let text = try folder.readPrivate(Self.configFile) else { return nil }
    let path = folder.path(of: Self.configFile)
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
      throw .brokenConfiguration(path, "it is not valid JSON: \(error)")
    }
    guard let members = value.objectValue else {
      throw .brokenConfiguration(path, "it is not a JSON object")
    }
    for member in members where member.name != "profile" {
      throw .brokenConfiguration(path, "there is no setting '\(member.name)'")
    }
    guard let name = value["profile"] else { return nil }
    guard let name = name.stringValue else {
      throw .brokenConfiguration(path, "'profile' is no text")
    }
    return name
  }

  // MARK: Writing

  /// Keeps a new profile.
  ///
  /// - Parameter replaces: whether one of the same name may be replaced.
  func add(_ profile: Profile, replaces: Bool) throws(Failure) {
    try Self.check(profile.name)
    try folder.withLock(Self.lock) { () throws(Failure) in
      if !replaces, fileExists(path(of: profile.name)) {
        throw Failure(
          code: "profile_exists", layer: .config,
          message: "there is a profile '\(profile.name)' already",
          hint: "--replace writes it anew", exit: .configuration)
      }
      try folder.replacePrivate(Self.file(of: profile.name), with: profile.json)
    }
  }

  /// Makes a profile the one in use; none for nil.
  func use(_ name: String?) throws(Failure) {
    try folder.withLock(Self.lock) { () throws(Failure) in try setUsed(name) }
  }

  private func setUsed(_ name: String?) throws(Failure) {
    if let name { _ = try required(name) }
    var writer = JSONWriter()
    writer.value(
      .object(name.map { [JSONMember(name: "profile", value: .string($0))] } ?? []))
    writer.finishLine()
    try folder.replacePrivate(Self.configFile, with: writer.bytes)
  }

  /// Removes a profile, which is no longer in use then.
  func remove(_ name: String) throws(Failure) {
    try folder.withLock(Self.lock) { () throws(Failure) in
      guard Self.isName(name), fileExists(path(of: name)) else {
        _ = try required(name)
        return
      }
      if try used() == name { try setUsed(nil) }
      try folder.remove(Self.file(of: name))
    }
  }
}

extension Character {
  /// Letters, digits and the underscore of ASCII.
  fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber || self == "_") }
}
