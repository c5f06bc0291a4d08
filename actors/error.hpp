// Errors on their way between actors: an shm::error inside a caf::error.
#pragma once

#include "shm/error.hpp"

#include <caf/error.hpp>

#include <string>

namespace caf {
class actor_system_config;
} // namespace caf

namespace holdfast::actors {

/// To answer a request with.
caf::error make_error(const shm::error& error);
caf::error make_error(shm::errc code, std::string detail = {});

/// Back again; what CAF itself reports becomes the nearest case of ours.
shm::error to_shm(const caf::error& error);

/// Not what CAF itself reports: some actor of ours said so.
bool is_ours(const caf::error& error);

/// Lets CAF print our errors.
void describe_errors_in(caf::actor_system_config& config);

} // namespace holdfast::actors
