// A cluster's authority and what it issued, in a directory of the test's own.
#pragma once

#include "runtime/certificates.hpp"
#include "runtime/tls_files.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <fstream>
#include <string>

namespace holdfast::test {

/// The wall clock, in the seconds that certificates count in.
inline runtime::wall_time wall_now() {
  return std::chrono::floor<std::chrono::seconds>(
    std::chrono::system_clock::now());
}

class issued_files {
public:
  explicit issued_files(const std::string& cluster = "prod",
                        std::chrono::days valid_for = std::chrono::days{3650}) {
    const auto made = runtime::make_authority(
      {directory_.path(), cluster, valid_for}, wall_now());
    REQUIRE(made);
  }

  std::string path(const std::string& name) const {
    return directory_.path() + "/" + name;
  }

  shm::result<runtime::issued_certificate>
  try_issue(std::uint64_t node, std::vector<std::string> hosts = {}) const {
    return runtime::issue_node_certificate(
      {directory_.path(), directory_.path(), node, std::move(hosts)},
      wall_now());
  }

  runtime::tls_paths issue(std::uint64_t node) const {
    const auto made = try_issue(node);
    REQUIRE(made);
    const auto& files = made.assume_value();
    return {files.certificate, files.key, files.authority};
  }

private:
  temporary_directory directory_;
};

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::trunc} << text;
}

inline std::string read_text(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline bool says(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

} // namespace holdfast::test
