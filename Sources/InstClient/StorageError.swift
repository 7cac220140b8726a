public import Transport

/// Why a large message could not be put into a storage, or fetched from there (PROTOCOL section 5, Large
/// messages). Queries of URLs are credentials and appear nowhere in it.
public struct StorageError: Error, Hashable, Sendable {
  /// What was to be done.
  public enum Operation: String, Hashable, Sendable {
    /// Putting a message there.
    case upload
    /// Fetching one.
    case download
  }

  /// What went wrong.
  public enum Cause: Hashable, Sendable {
    /// The exchange with the storage failed.
    case http(HTTPError)
    /// The storage answered with this status.
    case status(Int)
    /// The server named a place that is none, or not safe.
    case unusablePlace(reason: String)
    /// The server did not say where to put it.
    case unanswered(milliseconds: Int64)
    /// What was fetched is no message.
    case unusableMessage(reason: String)
  }

  /// What was to be done.
  public var operation: Operation
  /// The place, without the query; nil where it is not known.
  public var url: String?
  /// What went wrong.
  public var cause: Cause

  /// An error of these parts.
  public init(_ operation: Operation, url: String?, _ cause: Cause) {
    self.operation = operation
    self.url = url
    self.cause = cause
  }
}

extension StorageError: CustomStringConvertible {
  /// One sentence part for people.
  public var description: String {
    let place = url.map { " \(operation == .upload ? "to" : "from") \($0)" } ?? ""
    return "the \(operation.rawValue) of a large message\(place) failed: \(cause)"
  }
}

extension StorageError.Cause: CustomStringConvertible {
  /// One sentence part for people.
  public var description: String {
    switch self {
    case .http(let error): "\(error)"
    case .status(let status): "status \(status)"
    case .unusablePlace(let reason): reason
    case .unanswered(let milliseconds):
      "the server did not say where to put it within \(milliseconds) ms"
    case .unusableMessage(let reason): "what is there is no message: \(reason)"
    }
  }
}

extension StorageError {
  /// Whether another attempt could go better.
  var mayBeRetried: Bool {
    switch cause {
    case .unusablePlace, .http(.invalidRequest), .http(.bodyTooLarge), .http(.redirected): false
    // What was stored just now may not be there to fetch yet.
    case .status(let status):
      operation == .download || status == 408 || status == 429 || status >= 500
    default: true
    }
  }

  /// Whether another connection could go better: what was too large once is too large the next time.
  var mayBeRetriedLater: Bool {
    if case .http(.bodyTooLarge) = cause { false } else { true }
  }
}
