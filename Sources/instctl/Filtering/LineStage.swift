import JSONText
import Transport

/// What lines go through when they are whole, before they are gathered for stdout: a filter, or another
/// form to show them in.
@EventLoop
protocol LineStage: AnyObject {
  /// What becomes of the lines of a type. It is asked once for each kind of line, so it must not change.
  func route(of type: String) -> LineRoute

  /// Takes a line whose type is on the route `.staged`, and writes what is to be printed of it.
  ///
  /// - Parameters:
  ///   - line: the whole line: a JSON object, without the line feed.
  ///   - writer: where lines are gathered. What is written must end with a line feed
  ///     (`finishLine()`); pieces need to be joined before they go to `raw`, which separates values by
  ///     commas.
  func pass(_ line: UnsafeRawBufferPointer, into writer: inout JSONWriter)
}

extension LineStage {
  func route(of type: String) -> LineRoute { .staged }
}

/// What becomes of the lines of a type.
enum LineRoute {
  /// They are written as they are, without being put together first.
  case shown
  /// They are put together and handed to the stage.
  case staged
  /// They are not even made.
  case dropped
}
