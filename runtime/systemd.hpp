// Tells the service manager how far the node is. Without one, does nothing.
#pragma once

#include <string_view>

namespace holdfast::runtime {

/// Sends a state such as "READY=1" to $NOTIFY_SOCKET. Never blocks; a manager
/// that does not listen is not our problem, so nothing is returned.
void notify_service(std::string_view state) noexcept;

} // namespace holdfast::runtime
