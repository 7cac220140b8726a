import ArgumentParser
import LineFilter

/// An expression as an option's value. What is wrong with it is told by ``expression(of:)``, with the
/// place.
struct ExpressionArgument: ExpressibleByArgument, Sendable {
  private let result: Result<LineExpression, ExpressionError>

  init(argument: String) {
    do throws(ExpressionError) {
      result = .success(try LineExpression(argument))
    } catch { result = .failure(error) }
  }

  /// The expression; nil when the text is none.
  var expression: LineExpression? { try? result.get() }

  /// - Parameter option: the option's name, for the error.
  func expression(of option: String) throws(Failure) -> LineExpression {
    do throws(ExpressionError) { return try result.get() } catch {
      throw Failure(error, in: option)
    }
  }
}

/// A path as an option's value.
struct PathArgument: ExpressibleByArgument, Sendable {
  private let result: Result<ValuePath, ExpressionError>

  init(argument: String) {
    do throws(ExpressionError) { result = .success(try ValuePath(argument)) } catch {
      result = .failure(error)
    }
  }

  /// - Parameter option: the option's name, for the error.
  func path(of option: String) throws(Failure) -> ValuePath {
    do throws(ExpressionError) { return try result.get() } catch {
      throw Failure(error, in: option)
    }
  }
}
