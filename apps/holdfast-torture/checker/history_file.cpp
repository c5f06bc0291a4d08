#include "apps/holdfast-torture/checker/history_file.hpp"

#include "shm/descriptor.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

namespace holdfast::torture {

namespace {

constexpr std::uint64_t file_magic = 0x3154'534f'5446'4448; // "HDFTOST1"
constexpr const char* file_suffix = ".history";

struct file_header {
  std::uint64_t magic;
  std::uint32_t record_bytes;
  std::uint32_t client;
  std::uint32_t number; ///< of the client's files
  std::uint32_t records;
  std::uint64_t unused[7];
};
static_assert(sizeof(file_header) == sizeof(record));

/// The compiler may not move what is written before this behind it. A process
/// that is killed leaves its stores in their order.
void in_this_order() noexcept {
  asm volatile("" : : : "memory");
}

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error{path + ": " + std::strerror(errno)};
}

std::string path_of(const std::string& directory, std::uint32_t client,
                    std::uint32_t number) {
  char name[64];
  std::snprintf(name, sizeof name, "/client-%06u.%05u%s", client, number,
                file_suffix);
  return directory + name;
}

shm::error corrupt(const std::filesystem::path& path, const char* what) {
  return shm::failed(shm::errc::corrupt, path.string() + ": " + what);
}

bool is_in_range(const record& each, std::uint32_t client) noexcept {
  return (each.state == state_begun || each.state == state_ended)
         && each.kind != record_kind::none
         && static_cast<std::uint8_t>(each.kind) <= kinds_max
         && static_cast<std::uint8_t>(each.outcome) <= outcomes_max
         && each.freshness <= record_freshness::orphaned
         && each.client == client && each.node <= node_id_max
         && (each.state == state_begun || each.begin_ns <= each.end_ns);
}

/// What a killed process wrote of a result is no result.
void drop_result(record& of) noexcept {
  if (of.kind == record_kind::fault)
    return;
  of.outcome = record_outcome::open;
  of.freshness = record_freshness::none;
  of.flags = 0;
  of.version = of.committed = of.epoch = 0;
  of.end_ns = 0;
  if (of.is_read())
    of.value = 0;
}

/// Nothing: the file ends here, as its writer's life did.
template <class T>
bool read_one(std::ifstream& in, T& into) {
  return static_cast<bool>(
    in.read(reinterpret_cast<char*>(&into), sizeof into));
}

struct read_file {
  file_header head{};
  client_records records;
};

shm::result<read_file> read(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  read_file made;
  if (!in)
    return corrupt(path, "cannot be read");
  if (!read_one(in, made.head) || made.head.magic == 0)
    return made; // its writer was killed while it made the file
  if (made.head.magic != file_magic || made.head.record_bytes != sizeof(record))
    return corrupt(path, "not a history of this version");
  record each;
  for (std::uint32_t i = 0; i < made.head.records && read_one(in, each); ++i) {
    if (each.state == 0)
      break;
    if (!is_in_range(each, made.head.client))
      return corrupt(path, "a record is out of range");
    if (each.state == state_begun)
      drop_result(each);
    made.records.push_back(each);
  }
  return made;
}

} // namespace

history_writer::history_writer(std::string directory, std::uint32_t client,
                               std::size_t records_per_file)
  : directory_{std::move(directory)},
    client_{client},
    per_file_{records_per_file} {
  make_file();
}

history_writer::~history_writer() {
  unmap();
}

void history_writer::unmap() noexcept {
  if (!mapped_.empty())
    ::munmap(mapped_.data() - 1, (mapped_.size() + 1) * sizeof(record));
  mapped_ = {};
}

/// The place of the first record is the header's.
void history_writer::make_file() {
  unmap();
  const auto path = path_of(directory_, client_, files_);
  const shm::descriptor file{
    ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  const auto bytes = (per_file_ + 1) * sizeof(record);
  if (!file)
    fail(path);
  // Reserved: a full disk is an error here, and no signal later.
  errno = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
  if (errno != 0)
    fail(path);
  void* const memory
    = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED)
    fail(path);
  auto* const first = static_cast<record*>(memory);
  mapped_ = {first + 1, per_file_};
  used_ = 0;
  file_header head{
    0, sizeof(record), client_, files_++, static_cast<std::uint32_t>(per_file_),
    {}};
  std::memcpy(static_cast<void*>(first), &head, sizeof head);
  in_this_order();
  std::memcpy(static_cast<void*>(first), &file_magic, sizeof file_magic);
}

void history_writer::begin(record what) {
  if (used_ == mapped_.size())
    make_file();
  auto& place = mapped_[used_++];
  what.client = client_;
  what.state = 0;
  place = what;
  in_this_order();
  place.state = state_begun;
}

void history_writer::end(const record& result) {
  auto& place = mapped_[used_ - 1];
  place.outcome = result.outcome;
  place.freshness = result.freshness;
  place.flags = result.flags;
  place.version = result.version;
  place.committed = result.committed;
  place.epoch = result.epoch;
  place.end_ns = result.end_ns;
  if (place.is_read())
    place.value = result.value;
  in_this_order();
  place.state = state_ended;
}

shm::result<history> load_histories(const std::string& directory) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, client_records> files;
  std::error_code failed;
  for (const auto& each :
       std::filesystem::directory_iterator{directory, failed}) {
    if (each.path().extension() != file_suffix)
      continue;
    auto one = read(each.path());
    if (!one)
      return std::move(one).assume_error();
    auto& made = one.assume_value();
    files[{made.head.client, made.head.number}] = std::move(made.records);
  }
  if (failed)
    return shm::failed(shm::errc::system, directory + ": " + failed.message());
  history all;
  std::uint32_t last = 0;
  for (auto& [place, records] : files) {
    if (all.clients.empty() || place.first != last)
      all.clients.emplace_back();
    last = place.first;
    auto& client = all.clients.back();
    client.insert(client.end(), records.begin(), records.end());
    records = {};
  }
  return all;
}

} // namespace holdfast::torture
