// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "yjs-benchmark",
  dependencies: [.package(name: "instctl", path: "../..")],
  targets: [
    .executableTarget(
      name: "apply-updates",
      dependencies: [.product(name: "Yjs", package: "instctl")])
  ],
  swiftLanguageModes: [.v6]
)
