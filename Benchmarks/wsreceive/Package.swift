// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "wsreceive",
  dependencies: [.package(name: "instctl", path: "../..")],
  targets: [
    .executableTarget(
      name: "wsreceive",
      dependencies: [
        .product(name: "Transport", package: "instctl"),
        .product(name: "WebSocket", package: "instctl"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
