/// How messages travel that are too large for one frame of some servers (PROTOCOL section 5, Large
/// messages). What a server sends by way of a storage is fetched in any case.
public enum LargeMessageMode: String, Hashable, Sendable, CaseIterable {
  /// By way of the storage that the server names; or in frames, once it says that it has none.
  case auto
  /// By way of the storage that the server names; without one, large messages fail.
  case upload
  /// In frames, however large.
  case inline
}
