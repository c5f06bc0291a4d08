#include "tests/simulation/replica.hpp"

#include "tests/simulation/chance.hpp"

namespace holdfast::simulation {

namespace {

void put(octets& bytes, std::uint64_t word) {
  for (int i = 0; i < 8; ++i)
    bytes.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
}

std::uint64_t word_at(const octets& bytes, std::size_t at) {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i)
    result |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
  return result;
}

} // namespace

octets command::bytes() const {
  octets result;
  put(result, origin);
  put(result, request);
  put(result, value);
  return result;
}

command command::from(const octets& bytes) {
  return {word_at(bytes, 0), word_at(bytes, 8), word_at(bytes, 16)};
}

bool adding_machine::apply(const command& asked) {
  auto& last = last_[asked.origin];
  if (deduplicates_ && asked.request <= last)
    return false;
  last = asked.request;
  total_ = total_ * 31 + asked.value;
  return true;
}

octets adding_machine::state() const {
  octets result;
  put(result, total_);
  for (const auto& [origin, request] : last_) {
    put(result, origin);
    put(result, request);
  }
  return result;
}

void adding_machine::restore(const octets& state) {
  total_ = word_at(state, 0);
  last_.clear();
  for (std::size_t at = 8; at < state.size(); at += 16)
    last_[word_at(state, at)] = word_at(state, at + 8);
}

std::uint64_t adding_machine::digest() const {
  simulation::digest result;
  result.add(total_);
  for (const auto& [origin, request] : last_) {
    result.add(origin);
    result.add(request);
  }
  return result.value();
}

std::uint64_t adding_machine::last_of(std::uint64_t origin) const {
  const auto found = last_.find(origin);
  return found == last_.end() ? 0 : found->second;
}

} // namespace holdfast::simulation
