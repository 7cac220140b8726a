import Glibc
public import WebSocket

extension MonotonicTime {
  /// The time on `CLOCK_MONOTONIC`: it never goes back and does not follow changes of the date.
  public static func current() -> MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }
}
