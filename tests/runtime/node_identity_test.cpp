#include "runtime/node_identity.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace holdfast;

namespace {

struct two_keys {
  test::temporary_directory directory;
  std::string path = directory.path() + "/node.key";
  runtime::node_identity ours = open(path);
  runtime::node_identity theirs = open(directory.path() + "/other.key");

  static runtime::node_identity open(const std::string& at) {
    auto opened = runtime::node_identity::open(at);
    REQUIRE(opened);
    return std::move(opened).assume_value();
  }

  shm::errc reopened() const {
    const auto opened = runtime::node_identity::open(path);
    return opened ? shm::errc::ok : opened.assume_error().code;
  }

  /// Node 1 has our key recorded; what does a peer say of such a proof?
  std::string judged(std::uint64_t node, const std::string& key,
                     const std::string& text, const std::string& signature) {
    const auto peer
      = theirs.as_peer([this](std::uint64_t id) -> std::optional<std::string> {
          if (id != 1)
            return std::nullopt;
          return ours.public_key();
        });
    const auto proven = peer.verify(node, key, text, signature);
    return proven ? "proven" : proven.assume_error().detail;
  }

  std::string signed_by_us(const std::string& text) const {
    return ours.as_peer(nullptr).sign(text);
  }
};

} // namespace

TEST_CASE_METHOD(two_keys, "a key is drawn once, for its owner's eyes only",
                 "[runtime][node_identity]") {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);

  CHECK((found.st_mode & 0777U) == 0600U);
  CHECK(open(path).public_key() == ours.public_key());
  CHECK(ours.public_key() != theirs.public_key());
  CHECK(ours.public_key().size() == 32);
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE_METHOD(two_keys, "an own key that others may read is refused",
                 "[runtime][node_identity]") {
  ::chmod(path.c_str(), 0640);

  CHECK(reopened() == shm::errc::refused);
}

TEST_CASE_METHOD(two_keys, "a file that is no key is left alone",
                 "[runtime][node_identity]") {
  const auto bytes = GENERATE(0, 31, 33, 1000);
  std::ofstream{path, std::ios::trunc} << std::string(bytes, 'k');

  CHECK(reopened() == shm::errc::corrupt);
  CHECK(std::filesystem::file_size(path) == static_cast<std::size_t>(bytes));
}

TEST_CASE_METHOD(two_keys, "only the recorded key proves a node",
                 "[runtime][node_identity]") {
  const auto key = ours.public_key();

  CHECK(judged(1, key, "text", signed_by_us("text")) == "proven");
  CHECK(judged(1, key, "other", signed_by_us("text"))
        == "the signature is not of node 1");
  CHECK(judged(1, key, "text", "") == "the signature is not of node 1");
  CHECK(judged(1, key, "text", theirs.as_peer(nullptr).sign("text"))
        == "the signature is not of node 1");
  CHECK(judged(1, theirs.public_key(), "text", signed_by_us("text"))
        == "node 1 has another key than the recorded one");
  CHECK(judged(2, key, "text", signed_by_us("text"))
        == "no key is recorded for node 2");
}

TEST_CASE("digits become bytes, other text does not",
          "[runtime][node_identity]") {
  CHECK(runtime::bytes_of_digits("00ff") == std::string("\0\xff", 2));
  CHECK_FALSE(runtime::bytes_of_digits("0"));
  CHECK_FALSE(runtime::bytes_of_digits("0g"));
}
