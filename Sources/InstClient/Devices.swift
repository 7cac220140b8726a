public import InstProtocol
public import JSONText
import Transport

/// A device on a branch.
public struct Device: Hashable, Sendable {
  /// Who it is.
  public var info: ConnectionInfo
  /// The same as it came.
  public var connection: RawJSON
}

/// What happens among the devices of a branch.
public enum DeviceEvent: Sendable {
  /// The connection came or went.
  case connection(ConnectionState)
  /// A device is on the branch, or has come.
  case connected(Device)
  /// A device has gone; or is out of sight, since the connection is lost.
  case disconnected(Device)
  /// The server refuses; nothing more comes.
  case refused(ErrorInfo)
}

extension InstRecordsClient {
  /// Follows who is on a branch (PROTOCOL section 5, Devices): first everyone, then those who come and
  /// go. When the connection is lost every known device is reported as gone, and after a reconnect
  /// everyone anew.
  ///
  /// To cancel the reading task, or to drop the sequence, ends it.
  public func watchBranchDevices(_ address: BranchAddress) -> EventStream<DeviceEvent> {
    let mailbox = Mailbox<DeviceEvent>(pausing: self)
    let watch = DeviceWatch(address, mailbox)
    mailbox.onCancel = { [weak self, weak watch] in
      if let watch { self?.endDeviceWatch(watch) }
    }
    guard failure == nil else {
      mailbox.finish()
      return EventStream(mailbox)
    }
    deviceWatches.append(watch)
    if connection.isConnected { establish(watch) }
    return EventStream(mailbox)
  }

  private func endDeviceWatch(_ watch: DeviceWatch) {
    deviceWatches.removeAll { $0 === watch }
    guard connection.isConnected, watch.isRequested else { return }
    guard !deviceWatches.contains(where: { $0.address == watch.address }) else { return }
    _ = try? connection.send(.unwatchBranchDevices(BranchRequest(watch.address)))
  }

  /// Makes the request on the present connection.
  func establish(_ watch: DeviceWatch) {
    EventLoop.start {
      do throws(ClientError) {
        try await self.request(watch)
      } catch {
        guard case .refused(let info) = error else { return }
        self.deviceWatches.removeAll { $0 === watch }
        watch.mailbox.post(.refused(info))
        watch.mailbox.finish()
      }
    }
  }

  private func request(_ watch: DeviceWatch) async throws(ClientError) {
    try await alone(
      .watchBranchDevices(BranchRequest(watch.address)), about: watch.address
    ) { (request) throws(ClientError) in
      while true {
        // A watch that was ended while it waited its turn, or that another turn has established.
        guard deviceWatches.contains(where: { $0 === watch }), !watch.isRequested else { return }
        try await send(request)
        watch.isRequested = true
        if try await isDropped(request, watch) { continue }
        guard !request.isAnswered else { return }
        try await settle(request, milliseconds: Self.deviceSettleMilliseconds)
        // To ask twice does no harm, and nobody on the branch is what a dropped request looks like.
        guard request.sawDrop, !request.isAnswered else { return }
        watch.isRequested = false
      }
    }
  }

  /// Whether the request was dropped by a limit of rates, so that it is to be made again.
  private func isDropped(
    _ request: LoneRequest, _ watch: DeviceWatch
  ) async throws(ClientError) -> Bool {
    while true {
      switch await request.next(within: quietMilliseconds) {
      case .deviceArrived:
        request.isAnswered = true
        return false
      case .quiet: return false
      case .dropped:
        watch.isRequested = false
        return true
      case .refused(let info): throw .refused(info)
      // The next connection begins with a request of its own.
      case .lost(let reason): throw .interrupted(reason: reason)
      case .failed(let error): throw error
      case .cancelled: throw .cancelled
      case .sent, .counted, .probed: continue
      }
    }
  }

  /// On an empty branch nothing answers: so long after a round trip a refusal would have come.
  private static var deviceSettleMilliseconds: Double { 250 }

  func deviceArrived(_ frame: ReceivedFrame) {
    guard case .connectedToBranch(let message)? = frame.serverMessage() else {
      return receivedUnreadable("a repo/connected_to_branch without its fields")
    }
    let address = message.branch.address
    let watches = deviceWatches.filter { $0.address.answered == address }
    guard !watches.isEmpty else { return unclaimed(frame) }
    if let request = loneRequests.first, request.isUnderWay, request.address == address,
      case .watchBranchDevices? = request.message
    {
      request.post(.deviceArrived)
    }
    // Those to all servers of a cluster are for the servers.
    guard !message.broadcast, let raw = frame.field("connection") else { return }
    let device = Device(info: message.connection, connection: RawJSON(scanned: raw))
    for watch in watches where watch.devices.connected(device) {
      watch.mailbox.post(.connected(device))
    }
    if watches.contains(where: { $0.devices.isFull }) {
      connection.dropConnection(because: .protocolViolation("devices of a branch without end"))
    }
  }

  func deviceLeft(_ frame: ReceivedFrame) {
    guard case .disconnectedFromBranch(let message)? = frame.serverMessage() else {
      return receivedUnreadable("a repo/disconnected_from_branch without its fields")
    }
    let watches = deviceWatches.filter { $0.address.answered == message.address }
    guard !watches.isEmpty else { return unclaimed(frame) }
    guard !message.broadcast else { return }
    for watch in watches {
      if let device = watch.devices.disconnected(message.connection.connectionID) {
        watch.mailbox.post(.disconnected(device))
      }
    }
  }

  /// The connection's state has changed, as those who watch devices see it.
  func tellDeviceWatches(_ state: ConnectionState) {
    for watch in deviceWatches {
      if !state.isConnected {
        watch.isRequested = false
        for device in watch.devices.lost() { watch.mailbox.add(.disconnected(device)) }
      }
      watch.mailbox.post(.connection(state))
      if state.isConnected { establish(watch) }
    }
  }

  func endDeviceWatches() {
    let ended = deviceWatches
    deviceWatches = []
    for watch in ended {
      for device in watch.devices.lost() { watch.mailbox.add(.disconnected(device)) }
      watch.mailbox.finish()
    }
  }
}

/// One watch of a branch's devices.
@EventLoop
final class DeviceWatch {
  let address: BranchAddress
  let mailbox: Mailbox<DeviceEvent>
  var devices = DeviceList()
  /// Whether the present connection has been asked.
  var isRequested = false

  init(_ address: BranchAddress, _ mailbox: Mailbox<DeviceEvent>) {
    self.address = address
    self.mailbox = mailbox
  }
}

/// The devices that are known to be on a branch, told apart by their connection ids.
struct DeviceList {
  private var devices: [String: (number: Int, device: Device)] = [:]
  private var lastNumber = 0

  /// A branch has not so many devices; a server that lists them must not fill the memory.
  private static let limit = 100_000

  /// Takes a device in; false for one that is known.
  mutating func connected(_ device: Device) -> Bool {
    guard devices[device.info.connectionID] == nil, !isFull else { return false }
    lastNumber += 1
    devices[device.info.connectionID] = (lastNumber, device)
    return true
  }

  /// Takes a device out, if it is known.
  mutating func disconnected(_ connectionID: String) -> Device? {
    devices.removeValue(forKey: connectionID)?.device
  }

  /// Takes out all of them, in the order in which they came.
  mutating func lost() -> [Device] {
    let lost = devices.values.sorted { $0.number < $1.number }.map(\.device)
    devices = [:]
    return lost
  }

  var isFull: Bool { devices.count >= Self.limit }
}
