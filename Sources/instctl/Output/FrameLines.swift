import InstClient
import JSONText
import Transport

/// The lines of `--output raw` and of `call`: the frames of the wire as they are, but for secrets.
@EventLoop
final class FrameLines {
  private let run: CommandRun
  private let head = LineHead("\"type\":\"frame\"")
  private var isFlushDue = false

  init(_ run: CommandRun) { self.run = run }

  /// Prints a frame, whatever else is printed.
  func print(_ direction: FrameDirection, _ frame: UnsafeRawBufferPointer) {
    guard !run.isEnding, run.output.ended == nil else { return }
    let masked = MaskedFrame(frame)
    run.output.frameLine(head) { writer in
      writer.key("direction")
      writer.string(direction.rawValue)
      writer.key("frame")
      masked.write(to: &writer)
    }
    guard !isFlushDue else { return }
    isFlushDue = true
    Reactor.shared.atEndOfTurn { [self] in
      isFlushDue = false
      run.output.flush()
    }
  }
}

extension Settings {
  /// Who shows the frames of the run's connections; nil where they are not asked for. What the command
  /// itself prints is left out from then on.
  @EventLoop
  func frameObserver(_ run: CommandRun) -> FrameObservingConnectionClient.Observer? {
    guard output.value == .raw else { return nil }
    run.output.taken = .frames
    let lines = FrameLines(run)
    return { lines.print($0, $1) }
  }
}
