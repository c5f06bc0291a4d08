#include "config/defaults.hpp"
#include "config/load.hpp"
#include "tests/support/catch.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace holdfast::config {

namespace {

struct temporary_directory {
  temporary_directory() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("no temporary directory");
    path = pattern;
  }

  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::string write(const std::string& name, const std::string& text) const {
    const auto file = path / name;
    std::ofstream{file, std::ios::binary} << text;
    return file.string();
  }

  std::filesystem::path path;
};

complaint only_complaint_about(const std::string& path) {
  const auto loaded = load_file(path);
  REQUIRE(loaded.complaints.size() == 1);
  CHECK(loaded.complaints.front().file == path);
  return loaded.complaints.front();
}

} // namespace

TEST_CASE_METHOD(temporary_directory,
                 "a file is loaded and its values are "
                 "said to come from it",
                 "[config][unit]") {
  const auto file = write("node.json", "{\"node\":\n{\"id\": 5}}");

  const auto loaded = load_file(file);

  REQUIRE(loaded.ok());
  CHECK(loaded.config.node.id == 5);
  CHECK(loaded.config.origins.file == file);
  CHECK(loaded.config.origins.lines.at("node.id") == 2);
}

TEST_CASE_METHOD(temporary_directory,
                 "a file that is not there is a complaint with the reason",
                 "[config][unit]") {
  const auto one = only_complaint_about((path / "none.json").string());

  CHECK(one.line == 0);
  CHECK(one.column == 0);
  CHECK(one.found == "No such file or directory");
  CHECK(one.message()
        == (path / "none.json").string()
             + ": found No such file or directory; allowed: a file that this "
               "user can read");
}

TEST_CASE_METHOD(temporary_directory, "a directory is no file",
                 "[config][unit]") {
  CHECK(only_complaint_about(path.string()).found == "Is a directory");
}

TEST_CASE_METHOD(temporary_directory, "a pipe is refused without waiting",
                 "[config][unit]") {
  const auto pipe = (path / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);

  const auto one = only_complaint_about(pipe);

  CHECK(one.found == "a device, pipe or socket");
  CHECK(one.allowed == "a regular file");
}

TEST_CASE("an endless device is refused", "[config][unit]") {
  CHECK(only_complaint_about("/dev/zero").allowed == "a regular file");
}

TEST_CASE_METHOD(temporary_directory, "a file that is too large is not read",
                 "[config][unit]") {
  const auto file
    = write("large.json", std::string(8 * file_bytes_max, ' ') + "{}");

  CHECK(only_complaint_about(file).found == "more than 1048576 bytes");
}

} // namespace holdfast::config
