// A membership as the octets of one column.
#pragma once

#include "actors/consensus/types.hpp"

#include <optional>
#include <span>

namespace holdfast::runtime {

consensus::octets octets_of(const consensus::membership& membership);

/// Nothing if they are not what octets_of makes.
std::optional<consensus::membership>
membership_in(std::span<const std::uint8_t> octets);

} // namespace holdfast::runtime
