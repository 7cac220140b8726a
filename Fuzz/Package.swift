// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "instctl", path: "..")],
  targets: [
    .systemLibrary(name: "CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CFuzzer",
        .product(name: "JSONText", package: "instctl"),
        .product(name: "LineFilter", package: "instctl"),
        .product(name: "WebSocket", package: "instctl"),
        .product(name: "InstProtocol", package: "instctl"),
        .product(name: "InstServer", package: "instctl"),
        .product(name: "Yjs", package: "instctl"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
