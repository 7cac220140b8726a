// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// What is being built, as `instctl --version` tells it. The Makefile says it; nobody else need.
let buildFacts: [CSetting] = ["INSTCTL_COMMIT", "INSTCTL_SWIFT"].compactMap { name in
  Context.environment[name].map { .define(name, to: "\"\($0)\"") }
}

/// A library target, with the settings that all of them share.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A test target, with the same settings.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// Each library by its own name, so that another package can depend on just one.
func product(_ name: String) -> Product {
  .library(name: name, targets: [name])
}

let package = Package(
  name: "instctl",
  products: [
    product("InstKit"),
    product("JSONText"),
    product("LineFilter"),
    product("WebSocket"),
    product("Transport"),
    product("InstProtocol"),
    product("InstClient"),
    product("InstServer"),
    product("Yjs"),
    product("InstDocument"),
    .executable(name: "instctl", targets: ["instctl"]),
    .executable(name: "wsecho-client", targets: ["wsecho-client"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CSystem", cSettings: buildFacts),

    library("JSONText"),
    library("LineFilter", ["JSONText"]),
    library("LineDisplay", ["JSONText"]),
    library("Yjs"),
    library("InstDocument", ["Yjs", "JSONText"]),
    library("WebSocket", ["CZlib"]),
    library("Transport", ["WebSocket", "COpenSSL", "CSystem"]),
    library("InstProtocol", ["JSONText", "COpenSSL"]),
    library("InstClient", ["InstProtocol", "JSONText", "WebSocket", "Transport"]),
    library("InstServer", ["InstProtocol", "JSONText", "WebSocket", "Transport"]),
    library(
      "InstKit",
      ["InstClient", "InstServer", "InstProtocol", "JSONText", "WebSocket", "Transport"]),

    .executableTarget(
      name: "instctl",
      dependencies: [
        "InstKit",
        "InstDocument",
        "Yjs",
        "COpenSSL",
        "CSystem",
        "CZlib",
        "LineDisplay",
        "LineFilter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "wsecho-client",
      dependencies: [
        "Transport",
        "WebSocket",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Other people's proxies, for the tests that go through them.
    .target(name: "TestProxies", path: "Tests/TestProxies", swiftSettings: settings),
    tests("JSONTextTests", ["JSONText"]),
    tests("LineFilterTests", ["LineFilter", "JSONText"]),
    tests("LineDisplayTests", ["LineDisplay", "JSONText"]),
    tests("YjsTests", ["Yjs"]),
    tests("InstDocumentTests", ["InstDocument", "Yjs", "JSONText"]),
    tests("WebSocketTests", ["WebSocket", "CZlib"]),
    tests("InstProtocolTests", ["InstProtocol", "JSONText"]),
    tests(
      "InstClientTests",
      ["InstKit", "InstClient", "InstProtocol", "JSONText", "Transport", "WebSocket"]),
    tests("InstServerTests", ["InstServer", "InstProtocol", "JSONText", "WebSocket"]),
    tests("TransportTests", ["Transport", "WebSocket", "TestProxies", "wsecho-client"]),
    tests("EndToEndTests", ["instctl", "TestProxies", "wsecho-client"]),
    tests(
      "ChaosTests",
      ["instctl", "InstClient", "InstProtocol", "JSONText", "Transport", "WebSocket"]),
  ],
  swiftLanguageModes: [.v6]
)
