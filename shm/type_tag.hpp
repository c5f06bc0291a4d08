// The name of a type, checked when a variable is found.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast::shm {

/// Specialise for own types, with a version in the name:
///
///   template <>
///   struct holdfast::shm::type_tag<quote> {
///     static constexpr std::string_view value = "market::quote/1";
///   };
///
/// At most 63 characters. Raise the version when the struct changes.
template <class T>
struct type_tag;

// clang-format off
template <> struct type_tag<bool> { static constexpr std::string_view value = "bool"; };
template <> struct type_tag<std::int8_t> { static constexpr std::string_view value = "i8"; };
template <> struct type_tag<std::uint8_t> { static constexpr std::string_view value = "u8"; };
template <> struct type_tag<std::int16_t> { static constexpr std::string_view value = "i16"; };
template <> struct type_tag<std::uint16_t> { static constexpr std::string_view value = "u16"; };
template <> struct type_tag<std::int32_t> { static constexpr std::string_view value = "i32"; };
template <> struct type_tag<std::uint32_t> { static constexpr std::string_view value = "u32"; };
template <> struct type_tag<std::int64_t> { static constexpr std::string_view value = "i64"; };
template <> struct type_tag<std::uint64_t> { static constexpr std::string_view value = "u64"; };
template <> struct type_tag<float> { static constexpr std::string_view value = "f32"; };
template <> struct type_tag<double> { static constexpr std::string_view value = "f64"; };
// clang-format on

} // namespace holdfast::shm
