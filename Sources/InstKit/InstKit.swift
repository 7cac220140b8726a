@_exported public import InstClient
@_exported public import InstProtocol
@_exported public import InstServer
@_exported public import JSONText
@_exported public import Transport
@_exported public import WebSocket
