// Records in words.
#pragma once

#include "apps/holdfast-torture/checker/record.hpp"

#include <string>
#include <string_view>

namespace holdfast::torture {

std::string_view word_for(record_kind kind) noexcept;
std::string_view word_for(record_outcome outcome) noexcept;
std::string_view word_for(fault_kind kind) noexcept;

/// "3:1042": the 1042nd value of client 3.
std::string text_of_value(std::uint64_t value);

/// One line; times in seconds since `origin_ns`.
std::string text_of(const record& what, std::int64_t origin_ns);

/// "12.345678 s".
std::string text_of_time(std::int64_t time_ns, std::int64_t origin_ns);

} // namespace holdfast::torture
