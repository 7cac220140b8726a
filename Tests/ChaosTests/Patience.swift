/// How long anything may take, in milliseconds.
enum Patience {
  /// When clients ask whether the server is there, and how long it may take to answer.
  static let pingInterval: Int64 = 500
  static let pingTimeout: Int64 = 2000
  /// The longest pause before a client connects again.
  static let backoff: Int64 = 200
  /// When an update goes again for the first time; the fourth time and later it is eight times as much.
  static let firstResend: Int64 = 1000

  /// For all that is on its way when the last fault is over, with the library's clients: the loss of a
  /// connection has to be noticed, a new one made, the state be transferred, and what went over a
  /// connection that seemed well sent again; twice, because the machine is busy.
  static let library = 2 * (pingInterval + pingTimeout + backoff + 9 * firstResend)

  /// With the programs, which wait up to 30 s before they connect again after many failures, and up to
  /// 40 s before they send again.
  static let programs: Int64 = 2 * (30_000 + 41_000)
}
