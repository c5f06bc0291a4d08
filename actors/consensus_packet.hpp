// How a word of the agreement travels as a message of CAF.
#pragma once

#include "actors/elector_messages.hpp"

#include <optional>

namespace holdfast::actors {

consensus_packet pack(const consensus::message& said);

/// Nothing if it is not what pack() makes, or beyond `bytes_max`. What it says
/// is checked by the core.
std::optional<consensus::message> unpack(const consensus_packet& packet,
                                         std::size_t bytes_max);

} // namespace holdfast::actors
