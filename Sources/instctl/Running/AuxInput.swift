import InstDocument
import JSONText
import Transport

/// An `.aux` file that is to be brought into a branch.
struct AuxInput: Sendable {
  /// The file; `-` is stdin.
  let file: String
  /// The space of whose masks alone something is taken; nil for all.
  let space: String?
  let branch: UpdatesSource

  /// The updates to send, base64: those of a file of version 2 as they are; for one of version 1 the one
  /// that makes its bots in the branch, which is read for it, if anything is missing there.
  @EventLoop
  func updates(_ run: CommandRun, _ settings: Settings) async throws(Failure) -> [String] {
    let aux: AuxFile
    let text = try await UpdatesFile(file).whole()
    do throws(AuxError) { aux = try AuxFile(reading: text) } catch {
      throw Failure(error, in: file)
    }
    switch aux {
    case .updates(let updates): return updates.updates.map(\.base64)
    case .state(let state):
      var document = BotsDocument(clientID: Int.random(in: 1...Int(UInt32.max)))
      try await branch.read(for: run, settings) { (found) throws(Failure) in
        _ = try found.applied(to: &document, of: branch, skipping: nil)
      }
      let chosen = space.map { state.keepingMasks(ofSpace: $0) } ?? state
      guard let update = try document.add(chosen, of: file) else {
        settings.diagnostics.tell("the branch has all that \(InputFile.name(file)) holds")
        return []
      }
      return [Base64.encode(update)]
    }
  }
}
