#include "actors/rules/catalog/machine.hpp"

#include "actors/rules/catalog/placing.hpp"

namespace holdfast::catalog {

namespace {

using shm::errc;

/// The format in which an entry is written; its head was checked.
std::uint32_t format_of(std::span<const std::uint8_t> entry) {
  return entry[2] | (std::uint32_t{entry[3]} << 8);
}

} // namespace

shm::error machine::stop(shm::error why) {
  stopped_ = std::move(why);
  return *stopped_;
}

shm::result<void> machine::check(log_index index) {
  if (stopped_)
    return *stopped_;
  if (index <= applied())
    return stop(shm::failed(errc::corrupt, "entry " + std::to_string(index)
                                             + " after entry "
                                             + std::to_string(applied())));
  return boost::outcome_v2::success();
}

shm::result<octets> machine::apply(log_index index,
                                   std::span<const std::uint8_t> entry) {
  if (auto may = check(index); !may)
    return may.assume_error();
  const auto read = decode_entry(entry);
  if (!read) {
    auto why = read.assume_error();
    why.detail = "entry " + std::to_string(index) + ": " + why.detail;
    return stop(std::move(why));
  }
  if (concerns_placement(read.assume_value().command))
    placing_changed_ = index;
  return encode(now_.apply(index, read.assume_value()));
}

shm::result<void> machine::skip(log_index index) {
  if (auto may = check(index); !may)
    return may;
  now_.skip(index);
  return boost::outcome_v2::success();
}

shm::result<void> machine::restore(log_index index,
                                   std::span<const std::uint8_t> snapshot) {
  auto read = decode_snapshot(snapshot, now_.bounds());
  if (!read)
    return read.assume_error();
  if (read.assume_value().applied() != index)
    return shm::failed(errc::corrupt,
                       "a snapshot of entry "
                         + std::to_string(read.assume_value().applied())
                         + " came as one of entry " + std::to_string(index));
  now_ = std::move(read).assume_value();
  placing_changed_ = index;
  stopped_.reset();
  return boost::outcome_v2::success();
}

shm::result<void> check_proposal(const tables& now,
                                 std::span<const std::uint8_t> entry) {
  const auto read = decode_entry(entry);
  if (!read)
    return read.assume_error();
  if (format_of(entry) > now.format_agreed())
    return shm::failed(errc::unavailable, "a member does not know format "
                                            + std::to_string(format_of(entry))
                                            + " yet");
  return boost::outcome_v2::success();
}

shm::result<std::uint64_t> request_numbers::take() {
  // Not the number of those under way: a slow one holds back all above it,
  // since its result is the first to be forgotten.
  if (!under_way_.empty() && next_ - *under_way_.begin() >= under_way_max_)
    return shm::failed(errc::overloaded, std::to_string(under_way_max_)
                                           + " requests are under way");
  under_way_.insert(next_);
  return next_++;
}

void request_numbers::settle(std::uint64_t request_id) {
  under_way_.erase(request_id);
}

} // namespace holdfast::catalog
