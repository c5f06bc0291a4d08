// Reads one tenant: its quota, its principals and, with read_region.hpp, its
// regions, and checks that they fit the quota.
#pragma once

#include "config/section_reader.hpp"

namespace holdfast::config {

tenant read_tenant(section_reader& keys, report& out);

} // namespace holdfast::config
