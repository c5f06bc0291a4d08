// Whether a database is one of ours, and whole, before any row is believed.
#pragma once

#include "runtime/store/database.hpp"

#include <span>
#include <string_view>

namespace holdfast::runtime {

/// The file's structure, and whose it is. Errors: corrupt; system.
shm::result<void> check_whole_file(database& db,
                                   std::string_view application_id);

/// These tables and nothing else, in the order of their names.
shm::result<void> check_schema(database& db,
                               std::span<const std::string_view> tables);

} // namespace holdfast::runtime
