public import JSONText

extension AuxFile {
  /// Writes the file's object.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("version")
    switch self {
    case .state(let state):
      writer.number(1)
      writer.key("state")
      writer.beginObject()
      for bot in state.bots {
        writer.key(string: bot.id)
        bot.write(to: &writer)
      }
      writer.endObject()
      writer.members(state.others)
    case .updates(let updates):
      writer.number(2)
      writer.key("updates")
      writer.beginArray()
      for update in updates.updates { update.write(to: &writer) }
      writer.endArray()
      writer.members(updates.others)
    }
    writer.endObject()
  }

  /// The file's text.
  public var text: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }
}

extension AuxState.Bot {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("id")
    writer.string(id)
    if let space {
      writer.key("space")
      writer.string(space)
    }
    writer.key("tags")
    writer.value(.object(tags))
    if !masks.isEmpty {
      writer.key("masks")
      writer.beginObject()
      for masks in masks {
        writer.key(string: masks.space)
        writer.value(.object(masks.tags))
      }
      writer.endObject()
    }
    writer.endObject()
  }
}

extension AuxUpdates.Update {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    if let id {
      writer.key("id")
      writer.value(id)
    }
    if let timestamp {
      writer.key("timestamp")
      writer.value(timestamp)
    }
    writer.key("update")
    writer.string(base64)
    writer.members(others)
    writer.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func members(_ members: [JSONMember]) {
    for member in members {
      key(string: member.name)
      value(member.value)
    }
  }
}
