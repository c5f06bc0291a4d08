#include "actors/rules/catalog/request_results.hpp"

namespace holdfast::catalog {

std::optional<outcome> request_results::find(std::uint64_t request_id) const {
  if (request_id <= forgotten_)
    return outcome{shm::errc::unknown, "request " + std::to_string(request_id)
                                         + " is older than what is remembered"};
  const auto found = kept_.find(request_id);
  if (found == kept_.end())
    return std::nullopt;
  return found->second;
}

void request_results::remember(std::uint64_t request_id, outcome result,
                               std::size_t results_max) {
  kept_.emplace(request_id, std::move(result));
  if (kept_.size() <= results_max)
    return;
  forgotten_ = kept_.begin()->first;
  kept_.erase(kept_.begin());
}

bool request_results::restore_forgotten(std::uint64_t up_to) noexcept {
  forgotten_ = up_to;
  return kept_.empty();
}

bool request_results::restore(std::uint64_t request_id, outcome result,
                              std::size_t results_max) {
  return request_id > forgotten_ && kept_.size() < results_max
         && kept_.emplace(request_id, std::move(result)).second;
}

} // namespace holdfast::catalog
